using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Hub;

/// <summary>A hub as a process of its own, in a place. Its machines are deleted with it.</summary>
internal sealed class RunningHub : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Place _place;
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _ends;

    private RunningHub(Place place, string ends, string[] arguments)
    {
        (_place, _ends) = (place, ends);
        _process = place.Start(Published.Path, ["hub", "--port", "0", .. arguments]);
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
    }

    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>Starts one and waits until it has said this.</summary>
    public static async Task<RunningHub> StartAsync(Place place, string says = "Ctrl-C ends the hub", params string[] arguments)
    {
        var hub = new RunningHub(place, says, arguments);
        hub._process.BeginOutputReadLine();
        hub._process.BeginErrorReadLine();
        var ended = hub._process.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (await Task.WhenAny(hub._ready.Task, ended, Task.Delay(Patience, TestContext.Current.CancellationToken)) == hub._ready.Task) return hub;
        await hub.DisposeAsync();
        throw new InvalidOperationException($"'{says}' was not said, but:\n{hub.Said}");
    }

    /// <summary>Asks it to end; gives its exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        // Whose token a test has tried may not delete them.
        _place.Set("HOLDFAST_HUB_TOKEN", null);
        if (!_process.HasExited)
        {
            foreach (var name in (await _place.RunAsync("machine", "ls", "-q")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)) await _place.RunAsync("machine", "rm", name, "--yes");
            using var limit = new CancellationTokenSource(Patience);
            while ((await _place.RunAsync("machine", "ls", "-q")).Out.Length > 0 && !limit.IsCancellationRequested) await Task.Delay(50, CancellationToken.None);
            await EndAsync();
            // Where sockets lie, besides the place.
            var meeting = $"/run/holdfast/hub-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.Combine(_place.State, "hub"))))[..8]}";
            if (Directory.Exists(meeting)) Directory.Delete(meeting, recursive: true);
        }
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        lock (_said) _said.AppendLine(line);
        if (line.Contains(_ends, StringComparison.Ordinal)) _ready.TrySetResult();
    }
}
