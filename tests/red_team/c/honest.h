/* The honest work that the cheats beside it leave undone: the gradient of kits/templates/my_gradient.c, as `work`. */
#define slope_gradient work
#include "../../../kits/templates/my_gradient.c"
#undef slope_gradient

double slope_gradient(const void *parameters, const uint32_t *rows, int32_t count, void *gradient);

/* Calls after which verification is over. */
enum { VERIFIED = 60 };
static int calls;
