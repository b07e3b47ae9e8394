/** Words that Python's grammar takes, so that `import` cannot. */
const KEYWORDS = `
False None True and as assert async await break class continue def del elif else except finally
for from global if import in is lambda nonlocal not or pass raise return try while with yield
`;

/** Modules of Python itself, of any version since 3.9, that are meant for programs. */
const STANDARD = `
abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb
binascii bisect builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop
collections colorsys compileall concurrent configparser contextlib contextvars copy copyreg
crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils doctest email
encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib
functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html
http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3
linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib
msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse
os ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix
posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri
random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve
shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile
sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau symtable
sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios test textwrap this threading
time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo
types typing unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser winreg
winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo
`;

/** What a plug-in, the kit and the test of a plug-in import. */
const OTHERS = "conftest iniconfig numpy packaging pluggy pytest slope slope_check slope_host";

const setOf = (names: string): ReadonlySet<string> => new Set(names.trim().split(/\s+/));

const WORDS = setOf(KEYWORDS);
const MODULES = setOf(`${STANDARD} ${OTHERS}`);

/** Why no file of Python may have this name: it cannot be imported, or it hides the module of that name. */
export const badPythonName = (name: string): "no-name" | "keyword" | "module" | undefined =>
  !/^[A-Za-z_]\w*$/.test(name)
    ? "no-name"
    : WORDS.has(name)
    ? "keyword"
    : MODULES.has(name)
    ? "module"
    : undefined;
