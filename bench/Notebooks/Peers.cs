using System.Diagnostics;
using System.Globalization;

namespace Holdfast.Notebooks.Bench;

/// <summary>What Python's json and nbformat take for the same files, in seconds; NaN where python3-nbformat is missing.</summary>
internal static class Peers
{
    public static (double Json, double Nbformat) Measure(byte[][] files)
    {
        var folder = Directory.CreateTempSubdirectory("holdfast-bench-");
        try
        {
            for (var number = 0; number < files.Length; number++)
                File.WriteAllBytes(Path.Combine(folder.FullName, $"{number:0000}.ipynb"), files[number]);
            using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "peer.py"), folder.FullName]) { RedirectStandardOutput = true })!;
            var lines = python.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            python.WaitForExit();
            return lines.Length == 2
                ? (double.Parse(lines[0], CultureInfo.InvariantCulture), double.Parse(lines[1], CultureInfo.InvariantCulture))
                : (double.NaN, double.NaN);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
