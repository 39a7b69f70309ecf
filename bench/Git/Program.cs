using System.Diagnostics;
using System.Globalization;
using Holdfast.Notebooks.Bench;

// Whole processes on real files, ours and the peers taking turns; medians of wall time. The peers that start once a file do fewer files,
// and their time is multiplied: starting is most of it, so that is exact enough, and it favours none.
const int Notebooks = 500, Fewer = 20, Rounds = 3;
var program = Path.GetFullPath(args.Length > 0 ? args[0] : "out/holdfast");
var peer = Path.Combine(AppContext.BaseDirectory, "clear.py");
var folder = Directory.CreateTempSubdirectory("holdfast-bench-").FullName;
try
{
    var files = Corpus.Make(Notebooks, cells: 30, lines: 28, image: 0, numbers: 0);
    var size = files.Sum(file => (long)file.Length) / 1e6;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Notebooks} notebooks, {size:0.0} MB, {size * 1000 / Notebooks:0} kB each; load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}\n"));
    for (var number = 0; number < Notebooks; number++)
        File.WriteAllBytes(Path.Combine(folder, $"n{number:000}.ipynb"), files[number]);
    Run("git", "init", "-q");
    Run("git", "config", "core.fsync", "none");
    Run("git", "config", "filter.ours.process", $"'{program}' nb filter --strip-outputs");
    Run("git", "config", "filter.python.clean", $"/usr/bin/python3 '{peer}'");
    Run("git", "config", "filter.nbconvert.clean", "/usr/bin/python3 -m nbconvert --clear-output --to notebook --stdin --stdout --log-level=ERROR");

    var (none, ours, python, nbconvert) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
    var (check, rewrite) = (new List<double>(), new List<double>());
    for (var round = 0; round < Rounds; round++)
    {
        none.Add(Add("", "*.ipynb"));
        ours.Add(Add("ours", "*.ipynb"));
        python.Add(Add("python", $"n{round}0*.ipynb", $"n{round}1*.ipynb") * Notebooks / Fewer);
        nbconvert.Add(Add("nbconvert", $"n{round}0*.ipynb", $"n{round}1*.ipynb") * Notebooks / Fewer);
        check.Add(Run(program, "nb", "clean", "--check", folder));
        rewrite.Add(Run("/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "rewrite.py"), folder));
    }
    Console.WriteLine("| work | seconds | times ours |");
    Console.WriteLine("| --- | ---: | ---: |");
    Row("git add, no filter", none, ours);
    Row("git add, holdfast nb filter --strip-outputs", ours, ours);
    Row($"git add, a Python process a file with ClearOutputPreprocessor ({Fewer} files × {Notebooks / Fewer})", python, ours);
    Row($"git add, jupyter nbconvert --clear-output a file ({Fewer} files × {Notebooks / Fewer})", nbconvert, ours);
    Row("holdfast nb clean --check of the folder", check, check);
    Row("nbformat read + write of the folder, one process", rewrite, check);
}
finally
{
    Directory.Delete(folder, recursive: true);
}

double Add(string filter, params string[] paths)
{
    File.WriteAllText(Path.Combine(folder, ".gitattributes"), filter.Length == 0 ? "" : $"*.ipynb filter={filter}\n");
    if (Directory.Exists(Path.Combine(folder, ".git/objects")))
        Directory.Delete(Path.Combine(folder, ".git/objects"), recursive: true);
    Directory.CreateDirectory(Path.Combine(folder, ".git/objects/pack"));
    Directory.CreateDirectory(Path.Combine(folder, ".git/objects/info"));
    File.Delete(Path.Combine(folder, ".git/index"));
    return Run("git", ["add", "--", .. paths]);
}

double Run(string command, params string[] arguments)
{
    var start = Stopwatch.GetTimestamp();
    using var process = Process.Start(new ProcessStartInfo(command, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
    process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return Stopwatch.GetElapsedTime(start).TotalSeconds;
}

static void Row(string work, List<double> seconds, List<double> ours) =>
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {work} | {Median(seconds):0.000} ({seconds.Min():0.000}–{seconds.Max():0.000}) | {Median(seconds) / Median(ours):0.0} |"));

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
