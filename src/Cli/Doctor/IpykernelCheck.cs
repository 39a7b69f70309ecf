using System.ComponentModel;
using System.Diagnostics;
using Holdfast.Kernels;

namespace Holdfast.Cli.Doctor;

/// <summary>Whether the Python of the kernel that notebooks get by default runs and has ipykernel.</summary>
internal static class IpykernelCheck
{
    private const string Script = "import sys, importlib.metadata as m; print(m.version('ipykernel') + ' on Python ' + sys.version.split()[0])";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Finding>> RunAsync(KernelSpecCatalog catalog, CancellationToken cancellationToken)
    {
        if (catalog.Default is not { } name || catalog.Specs[name] is not { Python: { } python } spec || !spec.Argv.Any(word => word.StartsWith("ipykernel", StringComparison.Ordinal))) return [];
        var answer = await AskAsync(python, cancellationToken);
        return answer is null
            ? [new Finding(Grade.Bad, "ipykernel", $"{python} does not run, or has no ipykernel, and the default kernel '{name}' needs it.", $"{python} -m pip install ipykernel, or on Debian apt-get install python3-ipykernel")]
            : [new Finding(Grade.Good, "ipykernel", answer)];
    }

    /// <summary>What Python answers; null when it fails or takes too long.</summary>
    private static async Task<string?> AskAsync(string python, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        Process? process = null;
        try
        {
            process = Process.Start(new ProcessStartInfo(python, ["-c", Script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var answer = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await errors;
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? answer.Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            process!.Kill(entireProcessTree: true);
            return null;
        }
        finally
        {
            process?.Dispose();
        }
    }
}
