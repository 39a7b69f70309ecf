using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Holdfast.Lab.Bench.Servers;

/// <summary>A server under measurement: its processes, from the start to the end.</summary>
internal abstract partial class BenchServer : IAsyncDisposable
{
    public const string Token = "bench";
    private const int Terminate = 15;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    private Process? _process;

    protected BenchServer(string root)
    {
        Root = root;
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Port = ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    /// <summary>The folder of notebooks.</summary>
    public string Root { get; }

    public int Port { get; }

    /// <summary>The processes that are the server; kernels are not among them.</summary>
    public abstract IReadOnlyList<int> Processes { get; }

    protected int ProcessId => _process!.Id;

    /// <summary>Starts the server and returns how long it took until <c>/api</c> answered 200.</summary>
    public async Task<TimeSpan> StartAsync(CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var start = Command();
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        var last = "";
        _process.ErrorDataReceived += (_, line) => last = line.Data ?? last;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        while (!await StartProbe.AnswersAsync(Port, cancellationToken))
        {
            if (Stopwatch.GetElapsedTime(began) > StartLimit) throw new InvalidOperationException($"{start.FileName} does not answer /api with 200: {last}");
            if (_process.HasExited) throw new InvalidOperationException($"{start.FileName} ended: {last}");
            // A millisecond between two looks is a thousandth of what is measured, and the look itself must not take the processor away.
            await Task.Delay(1, cancellationToken);
        }

        return Stopwatch.GetElapsedTime(began);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_process is null) return;
        _ = Kill(_process.Id, Terminate);
        using var limit = new CancellationTokenSource(EndLimit);
        await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    protected abstract ProcessStartInfo Command();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
