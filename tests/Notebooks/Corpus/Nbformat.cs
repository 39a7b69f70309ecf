using System.Diagnostics;

namespace Holdfast.Notebooks.Tests.Corpus;

/// <summary>Debian's nbformat, asked by a script of Peers.</summary>
internal static class Nbformat
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Runs a script of Peers; gives what it prints, and what it said in vain when it failed. Skips the test where there is no nbformat.</summary>
    public static async Task<string> AskAsync(string script, params string[] arguments)
    {
        if (!File.Exists(Python) || !Directory.Exists("/usr/lib/python3/dist-packages/nbformat"))
            Assert.Skip("python3-nbformat is not installed.");
        var stop = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(Python, [Path.Combine(AppContext.BaseDirectory, "Peers", script), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(stop);
        var output = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return process.ExitCode == 0 ? output : output + await errors;
    }
}
