/**
 * The beginning of code for `python -c`: without the working folder, where a json.py of anybody would be imported, outside
 * of the sandbox.
 */
export const SAFE_PATH = "import sys; sys.path = [one for one in sys.path if one]; ";
