using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Holdfast.Functional.Tests.Labs;

/// <summary>A lab as a process of its own. Its end is always <c>kill -9</c>: a lab must bear it.</summary>
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

    /// <summary>The link that logs in, as the lab printed it.</summary>
    public Uri Link => _address.Task.Result;

    public int Port => Link.Port;

    /// <summary>The address in front of every other.</summary>
    public Uri Root => new(Link, ".");

    public int ProcessId => _process.Id;

    public bool HasEnded => _process.HasExited;

    public static async Task<RunningLab> StartAsync(ProcessStartInfo command, CancellationToken cancellationToken)
    {
        var lab = new RunningLab(Process.Start(command)!);
        lab._process.BeginOutputReadLine();
        lab._process.BeginErrorReadLine();
        var ended = lab._process.WaitForExitAsync(cancellationToken);
        var first = await Task.WhenAny(lab._address.Task, ended, Task.Delay(Patience, cancellationToken));
        if (first == lab._address.Task) return lab;
        var said = lab.Said();
        await lab.DisposeAsync();
        throw new InvalidOperationException($"The lab {(first == ended ? "ended" : "has not")} without printing its link. It said:\n{said}");
    }

    /// <summary><c>kill -9</c> of the lab alone; what it started goes on.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Sends a signal by its name; gives the exit code the lab then ended with.</summary>
    public async Task<int> SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{_process.Id}"]);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Waits until the lab has said this; gives all that it has said.</summary>
    public async Task<string> HearAsync(string words)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (!Said().Contains(words, StringComparison.Ordinal) && !limit.IsCancellationRequested) await Task.Delay(20, CancellationToken.None);
        Assert.Contains(words, Said(), StringComparison.Ordinal);
        return Said();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        lock (_said) _said.AppendLine(line);
        if (LinkPattern().Match(line) is { Success: true } link) _address.TrySetResult(new Uri(link.Value));
    }

    private string Said()
    {
        lock (_said) return _said.ToString();
    }

    [GeneratedRegex(@"https?://\S+[?&]token=\S+|http://(localhost|hub\.test):\d+/$")]
    private static partial Regex LinkPattern();
}
