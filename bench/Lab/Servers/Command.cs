using System.Diagnostics;

namespace Holdfast.Lab.Bench.Servers;

/// <summary>Programs that run and end.</summary>
internal static class Command
{
    /// <summary>Runs a program and returns its standard output.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static string Read(string program, params ReadOnlySpan<string> arguments) => Read(program, new Dictionary<string, string>(), arguments);

    /// <summary>Runs a program with further environment variables and returns its standard output.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static string Read(string program, IReadOnlyDictionary<string, string> environment, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(program, [.. arguments]) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    /// <summary>Runs a program and counts the bytes of its standard output.</summary>
    public static async Task<long> CountAsync(string program, IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        // Headings.
        process.BeginErrorReadLine();
        var buffer = new byte[64 << 10];
        var total = 0L;
        while (await process.StandardOutput.BaseStream.ReadAsync(buffer, cancellationToken) is > 0 and var read) total += read;
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? total : throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }
}
