/** The site's navigation. A page of docs/ that is missing here stands under "More". */
export const TUTORIALS = [
  {
    path: "docs/tutorials/does-not-learn.md",
    label: "My NumPy network does not learn",
    lead: "Find the line that is wrong, fix it, and watch the accuracy rise.",
  },
  {
    path: "docs/tutorials/choose.md",
    label: "Choose an implementation for my network",
    lead: "Say how large your network is, and get the program with the least total time.",
  },
  {
    path: "docs/tutorials/keep-fast.md",
    label: "Keep my gradient fast in CI",
    lead: "Fail a pull request that makes the gradient wrong or slow, and only such a one.",
  },
];

export const NAVIGATION = [
  { title: "Start", pages: [{ path: "index.html", label: "What Slope is" }] },
  { title: "Tutorials", pages: TUTORIALS },
  {
    title: "Use",
    pages: [
      { path: "docs/GUIDE.md", label: "Guide: every command" },
      { path: "docs/PYTHON.md", label: "Python" },
      { path: "docs/ADDING.md", label: "TypeScript, C and more" },
      { path: "docs/PROTOCOL.md", label: "Any other language" },
      { path: "docs/LIBRARY.md", label: "Library: in your own tests" },
      { path: "action/README.md", label: "Action: in pull requests" },
      { path: "docs/CLUSTER.md", label: "Cluster: Slurm, Kubernetes, ssh" },
      { path: "docs/DATA.md", label: "Data" },
      { path: "SECURITY.md", label: "Security" },
    ],
  },
  {
    title: "Understand",
    pages: [
      { path: "docs/MISTAKES.md", label: "Gallery of mistakes" },
      { path: "results/example/report.html", label: "Example report" },
      { path: "docs/METHODOLOGY.md", label: "Methodology" },
      { path: "docs/BIAS.md", label: "Where it is biased" },
      { path: "docs/PEERS.md", label: "Other libraries" },
      { path: "examples/question/README.md", label: "The program it began with" },
    ],
  },
  {
    title: "Reference",
    pages: [
      { path: "api/index.html", label: "Library: every function" },
      { path: "docs/FORMAT.md", label: "Files and fields" },
      { path: "ARCHITECTURE.md", label: "Architecture" },
      { path: "CONTRIBUTING.md", label: "Contributing" },
      { path: "CHANGELOG.md", label: "Changelog" },
    ],
  },
];
