using System.ComponentModel;
using System.Diagnostics;

namespace Holdfast.Kernels.Specs;

/// <summary>Asks a Python, by running it, whether it has ipykernel. It imports nothing of it and is given five seconds.</summary>
internal static class InterpreterProbe
{
    private const string Question =
        "import sys, importlib.util as u; s = u.find_spec('ipykernel'); print(sys.executable, sys.prefix, s.submodule_search_locations[0] if s else '', sep='\\n')";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public static async Task<FoundPython?> AskAsync(
        string program, IReadOnlyDictionary<string, string> environment, List<string> problems, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, ["-c", Question])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment) start.Environment[name] = value;

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        Process? process = null;
        try
        {
            process = Process.Start(start)!;
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var answer = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await errors;
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 && answer.Split('\n') is [var executable, var prefix, { Length: > 0 } package, ..]
                ? new FoundPython(executable, prefix, package)
                : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            lock (problems) problems.Add($"{program} did not answer within {Limit.TotalSeconds} s and was passed over; run it by hand to see why.");
            return null;
        }
        finally
        {
            if (process is { HasExited: false }) process.Kill(entireProcessTree: true);
            process?.Dispose();
        }
    }
}
