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

/** From paths to labels. */
const pagesOf = (labels) => Object.entries(labels).map(([path, label]) => ({ path, label }));

export const NAVIGATION = [
  { title: "Start", pages: pagesOf({ "index.html": "What Slope is" }) },
  { title: "Tutorials", pages: TUTORIALS },
  {
    title: "Use",
    pages: pagesOf({
      "docs/GUIDE.md": "Guide: every command",
      "docs/PYTHON.md": "Python",
      "docs/ADDING.md": "TypeScript, C and more",
      "docs/PROTOCOL.md": "Any other language",
      "docs/LIBRARY.md": "Library: in your own tests",
      "action/README.md": "Action: in pull requests",
      "docs/CLUSTER.md": "Cluster: Slurm, Kubernetes, ssh",
      "docs/DATA.md": "Data",
      "SECURITY.md": "Security",
    }),
  },
  {
    title: "Understand",
    pages: pagesOf({
      "docs/MISTAKES.md": "Gallery of mistakes",
      "results/example/report.html": "Example report",
      "results/eight_million/report.html": "Report on 8,100,000 digits",
      "docs/METHODOLOGY.md": "Methodology",
      "docs/BIAS.md": "Where it is biased",
      "docs/PEERS.md": "Other libraries",
      "examples/question/README.md": "The program it began with",
    }),
  },
  {
    title: "Reference",
    pages: pagesOf({
      "api/index.html": "Library: every function",
      "docs/FORMAT.md": "Files and fields",
      "ARCHITECTURE.md": "Architecture",
      "CONTRIBUTING.md": "Contributing",
      "CHANGELOG.md": "Changelog",
    }),
  },
];
