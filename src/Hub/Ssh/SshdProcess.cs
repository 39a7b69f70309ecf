using System.Diagnostics;
using System.Text;

namespace Holdfast.Hub.Ssh;

/// <summary>An sshd that serves one connection, on this computer or on that of its machine. Disposed, it gets the end of its input, as when a client goes, and is killed when it does not mind that.</summary>
internal sealed class SshdProcess : IDisposable
{
    private const int MostWords = 2000;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Process? _process;
    private readonly StringBuilder _words = new();

    public SshdProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_words)
            {
                if (line.Data is { } text && _words.Length < MostWords) _words.AppendLine(text);
            }
        };
        process.BeginErrorReadLine();
        (Input, Output) = (process.StandardInput.BaseStream, process.StandardOutput.BaseStream);
    }

    /// <summary>One of a machine on another computer.</summary>
    /// <param name="line">Its standard input and output (<see cref="Proxy.NodeWay.RunAsync"/>).</param>
    public SshdProcess(Stream line) => Input = Output = line;

    /// <summary>From the client.</summary>
    public Stream Input { get; }

    /// <summary>To the client.</summary>
    public Stream Output { get; }

    /// <summary>What it has said besides.</summary>
    public string LastWords
    {
        get
        {
            lock (_words) return _words.ToString().Trim();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_process is { } process) _ = EndAsync(process);
        else Input.Dispose();
    }

    private static async Task EndAsync(Process sshd)
    {
        using var process = sshd;
        using var limit = new CancellationTokenSource(Grace);
        try
        {
            process.StandardInput.Close();
            process.StandardOutput.Close();
            await process.WaitForExitAsync(limit.Token);
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
