using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Hub;

/// <summary>A program on a terminal of 80 × 24, and somebody who types.</summary>
internal sealed class TypedTerminal : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly StringBuilder _shown = new();
    private int _seen;

    /// <summary>Starts a command of bash, in which <c>$0</c> is the program.</summary>
    public TypedTerminal(Place place, string command)
    {
        place.Set("TERM", "xterm-256color");
        place.Set("LC_ALL", "C.UTF-8");
        _process = place.Start("script", "-qfec", $"stty rows 24 cols 80; exec {command.Replace("$0", $"'{Published.Path}'", StringComparison.Ordinal)}", "/dev/null");
    }

    /// <summary>All that was shown, with the terminal's orders.</summary>
    public string Shown => $"{_shown}";

    public async Task TypeAsync(string line)
    {
        await _process.StandardInput.WriteAsync($"{line}\n");
        await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until something is shown that was not yet.</summary>
    public async Task<Match> UntilAsync(string pattern)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        var part = new char[4096];
        while (true)
        {
            var match = Regex.Match(Shown[_seen..], pattern);
            if (match.Success)
            {
                _seen += match.Index + match.Length;
                return match;
            }
            try
            {
                var count = await _process.StandardOutput.ReadAsync(part, limit.Token);
                if (count == 0) throw new EndOfStreamException($"'{pattern}' was not shown, but: {Shown}");
                _shown.Append(part, 0, count);
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"'{pattern}' was not shown, but: {Shown}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }
}
