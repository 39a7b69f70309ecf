using System.Diagnostics;
using System.Globalization;

namespace Holdfast.Notebooks.Bench;

/// <summary><c>holdfast nb export</c> of one small notebook against <c>jupyter nbconvert --to script</c>, as whole processes in turn, so that both see the same machine.</summary>
internal static class ExportProcesses
{
    private const int Runs = 25;

    public static void Measure(string program, string notebook)
    {
        (string Name, string File, string[] Arguments)[] sides =
        [
            ("holdfast nb export", program, ["nb", "export", "--to", "script", "-o", "-", notebook]),
            ("jupyter nbconvert --to script", "/usr/bin/python3", ["-m", "nbconvert", "--to", "script", "--stdout", "--log-level", "ERROR", notebook]),
            ("python3 -c pass", "/usr/bin/python3", ["-c", "pass"]),
        ];
        var times = sides.Select(_ => new List<double>()).ToArray();
        for (var run = 0; run <= Runs; run++)
        {
            for (var side = 0; side < sides.Length; side++)
            {
                var time = Time(sides[side].File, sides[side].Arguments);
                // The first run of each fills the file system's cache.
                if (run > 0) times[side].Add(time);
            }
        }

        Console.WriteLine($"| one notebook of {new FileInfo(notebook).Length / 1024.0:0.0} kB, {Runs} runs | median | best | nbconvert takes |");
        Console.WriteLine("| --- | ---: | ---: | ---: |");
        for (var side = 0; side < sides.Length; side++)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| `{sides[side].Name}` | {Median(times[side]):0} ms | {times[side].Min():0} ms | {Median(times[1]) / Median(times[side]):0.0} × |"));
    }

    private static double Median(IEnumerable<double> times) => times.Order().ElementAt(Runs / 2);

    /// <summary>Milliseconds from start to end.</summary>
    private static double Time(string file, string[] arguments)
    {
        var start = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true })!;
        if (process.StandardOutput.ReadToEnd().Length == 0 && arguments[0] != "-c") throw new InvalidOperationException($"{file} {string.Join(' ', arguments)} wrote nothing.");
        process.WaitForExit();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
