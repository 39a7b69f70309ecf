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

    [GeneratedRegex(@"http://\S+[?&]token=\S+")]
    private static partial Regex LinkPattern();
}
