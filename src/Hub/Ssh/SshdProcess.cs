using System.Diagnostics;
using System.Text;

namespace Holdfast.Hub.Ssh;

/// <summary>An sshd that serves one connection. Disposed, it gets the end of its input, as when a client goes, and is killed when it does not mind that.</summary>
internal sealed class SshdProcess : IDisposable
{
    private const int MostWords = 2000;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Process _process;
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
    }

    /// <summary>From the client.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>To the client.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What it has said besides.</summary>
    public string LastWords
    {
        get
        {
            lock (_words) return _words.ToString().Trim();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _ = EndAsync();

    private async Task EndAsync()
    {
        using var process = _process;
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
