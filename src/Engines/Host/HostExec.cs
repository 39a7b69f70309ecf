using System.Diagnostics;
using System.Text;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Host;

/// <summary>Runs the program by which a command gets into a workload, to the command's end.</summary>
internal static class HostExec
{
    // Time for the last words of a command after its end, where something that it has left behind holds its output open.
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(200);

    /// <summary>What the command said, and how it ended.</summary>
    public static async Task<ExecResult> RunAsync(ProcessStartInfo entry, ExecCommand command, CancellationToken cancellationToken)
    {
        using var process = Process.Start(entry)!;
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var output = ReadAsync(process.StandardOutput.BaseStream, command.MostOutput, reading.Token);
            var error = ReadAsync(process.StandardError.BaseStream, command.MostOutput, reading.Token);
            await WriteAsync(process.StandardInput.BaseStream, command.Input ?? default, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            reading.CancelAfter(LastWords);
            return new ExecResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task WriteAsync(Stream input, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            await input.WriteAsync(content, cancellationToken);
            input.Close();
        }
        catch (IOException)
        {
            // It did not want to read all of it.
        }
    }

    /// <summary>Reads to the end, or until it is given up, and keeps the beginning.</summary>
    private static async Task<string> ReadAsync(Stream stream, int most, CancellationToken cancellationToken)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[16 << 10];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0) kept.Write(buffer, 0, (int)Math.Min(read, most - kept.Length));
        }
        catch (OperationCanceledException)
        {
            // What was said until now is the answer.
        }

        return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }
}
