using System.Buffers;
using System.Text.Json;
using Holdfast.Journal;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;
using Holdfast.Lab.Kernels;
using Holdfast.Lab.Kernels.Channels;
using Holdfast.Lab.Recording;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Lab.Running;

/// <summary>
/// A kernel of the keeper's that cells are sent to, one after the other. It is shut down with this object, and goes on when this process is
/// killed. What it puts out is in its journal; here only ends and errors are read. Not safe for concurrent calls.
/// </summary>
public sealed class RunKernel : IAsyncDisposable
{
    /// <summary>How long a cell has to end once it was interrupted.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly KeeperClient _keeper;
    private readonly LabKernels _kernels;
    private readonly TimeProvider _time;
    private readonly KernelWatch _watch;
    private readonly JournalReader _reader;
    private readonly string _session = Guid.NewGuid().ToString();

    private RunKernel(KeeperClient keeper, LabKernels kernels, KernelRecord kernel, TimeProvider time)
    {
        (_keeper, _kernels, _time, Kernel) = (keeper, kernels, time, kernel);
        _watch = keeper.Watch(kernel.Id);
        _reader = JournalReader.Open(kernel.JournalFolder);
    }

    /// <summary>The kernel as it was when it was ready.</summary>
    public KernelRecord Kernel { get; }

    /// <summary>Starts a kernel and waits until it answers.</summary>
    /// <param name="keeper">Who owns it.</param>
    /// <param name="options">Root folder, state folder, environment and default kernel.</param>
    /// <param name="start">Which kernel and where.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait; the kernel is shut down then.</param>
    public static async Task<KeeperReply<RunKernel>> StartAsync(KeeperClient keeper, LabOptions options, RunKernelStart start, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keeper);
        ArgumentNullException.ThrowIfNull(start);
        var specs = new KernelSpecs(options, time);
        var kernels = new LabKernels(keeper, specs, new KernelPages(keeper), options, time, NullLogger<LabKernels>.Instance);
        var path = start.Session?.Path;
        var started = await kernels.StartAsync(start.SpecName, path, path is null ? null : Path.GetFileName(path), start.Id, start.Session, cancellationToken, start.WorkingFolder);
        if (started.Failure is { Code: LabKernels.UnknownSpec })
            return new(null, started.Failure with { Message = await UnknownAsync(specs, start.SpecName) });
        if (!started.Ok)
            return new(null, started.Failure);
        try
        {
            var ready = await kernels.WaitReadyAsync(started.Value, cancellationToken);
            return ready.Ok ? new(new RunKernel(keeper, kernels, ready.Value, time), null) : new(null, ready.Failure);
        }
        catch (OperationCanceledException)
        {
            await kernels.ShutdownAsync(started.Value.Id, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Runs one cell to its end.</summary>
    /// <param name="code">What is executed.</param>
    /// <param name="cellId">The cell's id, by which the recorder finds it; null when it has none.</param>
    /// <param name="limit">How long it may take; null for any time.</param>
    /// <param name="cancellationToken">Interrupts it.</param>
    public async Task<CellResult> ExecuteAsync(string code, string? cellId, TimeSpan? limit, CancellationToken cancellationToken)
    {
        var began = _time.GetUtcNow();
        _reader.Seek(_watch.Visible + 1);
        var request = Request(code, cellId, began, out var messageId);
        if (!await _keeper.SendAsync(Kernel.Id, request, CancellationToken.None))
            return new CellResult(CellEnd.Died, began, _time.GetUtcNow(), Error: "The keeper did not take the cell: it was ended meanwhile.");
        using var timeout = new CancellationTokenSource(limit ?? Timeout.InfiniteTimeSpan, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var end = new CellEnding(messageId);
        try
        {
            await ReadAsync(end, either.Token);
            return end.Result(began, _time.GetUtcNow());
        }
        catch (OperationCanceledException)
        {
            await _keeper.InterruptAsync(Kernel.Id, CancellationToken.None);
            using var grace = new CancellationTokenSource(Grace, _time);
            try
            {
                await ReadAsync(end, grace.Token);
            }
            catch (OperationCanceledException)
            {
                // It does not give way; whoever disposes of the kernel ends its process.
            }
            return end.Result(began, _time.GetUtcNow()) with { End = cancellationToken.IsCancellationRequested ? CellEnd.Cancelled : CellEnd.TimedOut };
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await _kernels.ShutdownAsync(Kernel.Id, CancellationToken.None);
        // What no notebook has a place for may go in time.
        if (Kernel.Sessions.Count == 0)
            await _keeper.AllowAsync(Kernel.Id, _watch.Visible, CancellationToken.None);
    }

    private async Task ReadAsync(CellEnding end, CancellationToken cancellationToken)
    {
        while (!end.IsOver)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_reader.TryRead(out var record))
                end.Take(record);
            else if (await _watch.WaitAsync(_reader.NextSequence - 1, cancellationToken) < 0)
                end.Die(_keeper.Find(Kernel.Id)?.Note);
        }
    }

    private byte[] Request(string code, string? cellId, DateTimeOffset time, out string messageId)
    {
        var content = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(content, MessageJson.Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("code"u8, code);
            json.WriteBoolean("silent"u8, false);
            json.WriteBoolean("store_history"u8, true);
            json.WriteStartObject("user_expressions"u8);
            json.WriteEndObject();
            json.WriteBoolean("allow_stdin"u8, false);
            // After an error ipykernel would refuse what comes in the same moment, and a cell that may fail is followed by the next at once.
            json.WriteBoolean("stop_on_error"u8, false);
            json.WriteEndObject();
        }
        var metadata = cellId is null ? "{}"u8.ToArray() : JsonSerializer.SerializeToUtf8Bytes(new() { ["cellId"] = cellId }, RunJson.Default.DictionaryStringString);
        var header = MessageHeader.Create("execute_request", _session, "", time, out messageId);
        var message = new KernelMessage(header, "{}"u8.ToArray(), metadata, content.WrittenMemory, []);
        var request = new byte[WebSocketV1.Measure(KernelChannel.Shell, message)];
        WebSocketV1.Write(KernelChannel.Shell, message, request);
        return request;
    }

    private static async Task<string> UnknownAsync(KernelSpecs specs, string? name)
    {
        var catalog = await specs.GetAsync();
        var known = catalog.Specs.Count == 0 ? "there is none: install ipykernel" : $"there {(catalog.Specs.Count == 1 ? "is" : "are")} {string.Join(", ", catalog.Specs.Keys)}";
        return $"There is no kernel '{name ?? specs.DefaultOf(catalog)}'; {known}. Name one with --kernel.";
    }
}
