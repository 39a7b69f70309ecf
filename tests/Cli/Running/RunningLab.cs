using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Holdfast.Cli.Tests.Running;

/// <summary>A lab, or what else prints a link, as a process of its own.</summary>
internal sealed partial class RunningLab : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningLab(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
    }

    /// <summary>The lab's link, as it printed it.</summary>
    public Uri Link => _address.Task.Result;

    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    public static async Task<RunningLab> StartAsync(Process process)
    {
        var lab = new RunningLab(process);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var ended = process.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (await Task.WhenAny(lab._address.Task, ended, Task.Delay(Patience, TestContext.Current.CancellationToken)) == lab._address.Task) return lab;
        await lab.DisposeAsync();
        throw new InvalidOperationException($"No link was printed, but:\n{lab.Said}");
    }

    /// <summary>Asks it to end, as Ctrl-C does; gives its exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        lock (_said) _said.AppendLine(line);
        if (LinkPattern().Match(line) is { Success: true } link) _address.TrySetResult(new Uri(link.Value));
    }

    [GeneratedRegex(@"https?://\S+/lab\S*")]
    private static partial Regex LinkPattern();
}
