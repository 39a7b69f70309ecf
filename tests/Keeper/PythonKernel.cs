using System.Collections;
using Holdfast.Journal;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;

namespace Holdfast.Keeper.Tests;

/// <summary>The real Python kernel, found once for all tests.</summary>
public sealed class PythonKernel : IAsyncLifetime
{
    private KernelSpec? _spec;

    internal static Dictionary<string, string> Variables { get; } = Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");

    public async ValueTask InitializeAsync()
    {
        var catalog = await KernelSpecFinder.FindAsync(Variables, CancellationToken.None);
        _spec = catalog.Specs.GetValueOrDefault("python3");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal KernelStart Start(KeeperProgram keeper, params string[] documents)
    {
        if (_spec is null) Assert.Skip("No Python with ipykernel is installed.");
        return new KernelStart
        {
            SpecName = _spec.Name,
            DisplayName = _spec.DisplayName,
            Argv = Launcher.CommandLine(_spec, "{connection_file}", keeper.Home.LauncherFolder),
            Environment = Variables,
            WorkingFolder = keeper.Root,
            Root = keeper.Root,
            Sessions = [.. documents.Select(document => new SessionTag(Guid.NewGuid().ToString(), document, "", "notebook"))],
        };
    }

    internal async Task<KernelRecord> StartReadyAsync(KeeperProgram keeper, KeeperClient client, params string[] documents)
    {
        var started = await client.StartKernelAsync(Start(keeper, documents), TestContext.Current.CancellationToken);
        Assert.True(started.Ok, started.Failure?.Message);
        var ready = await client.WaitReadyAsync(started.Value.Id, TestContext.Current.CancellationToken);
        Assert.True(ready.Ok, ready.Failure?.Message);
        return ready.Value;
    }
}

/// <summary>One client's view of a kernel: sends requests and reads the journal as a page does.</summary>
internal sealed class KernelTalk(KeeperClient client, KernelRecord kernel, long from = 1) : IDisposable
{
    private readonly JournalReader _reader = Open(kernel.JournalFolder, from);
    private readonly KernelWatch _watch = client.Watch(kernel.Id);

    private static JournalReader Open(string folder, long from)
    {
        var reader = JournalReader.Open(folder);
        reader.Seek(from);
        return reader;
    }

    /// <summary>Sends an execute_request and gives its msg_id.</summary>
    public Task<string> ExecuteAsync(string code) => RequestAsync(KernelChannel.Shell, "execute_request", System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
        new Dictionary<string, object>
        {
            ["code"] = code,
            ["silent"] = false,
            ["store_history"] = true,
            ["user_expressions"] = new Dictionary<string, string>(),
            ["allow_stdin"] = false,
            ["stop_on_error"] = true,
        }));

    /// <summary>Sends a request and gives its msg_id.</summary>
    public async Task<string> RequestAsync(KernelChannel channel, string type, byte[] content)
    {
        var header = MessageHeader.Create(type, "test-session", "test", TimeProvider.System.GetUtcNow(), out var id);
        var message = new KernelMessage(header, "{}"u8.ToArray(), "{}"u8.ToArray(), content, []);
        var bytes = new byte[WebSocketV1.Measure(channel, message)];
        WebSocketV1.Write(channel, message, bytes);
        Assert.True(await client.SendAsync(kernel.Id, bytes, TestContext.Current.CancellationToken));
        return id;
    }

    /// <summary>Reads on until a record satisfies the condition; calls <paramref name="each"/> for all before it and it.</summary>
    public async Task ReadUntilAsync(Func<Seen, bool> condition, Action<Seen>? each = null)
    {
        while (true)
        {
            while (_reader.TryRead(out var record))
            {
                var seen = Seen.Of(record);
                each?.Invoke(seen);
                if (condition(seen)) return;
            }

            Assert.NotEqual(-1, await _watch.WaitAsync(_reader.NextSequence - 1, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken));
        }
    }

    /// <summary>Reads on until the execution is over: its reply and its idle have come.</summary>
    public async Task FinishAsync(string id, Action<Seen>? each = null)
    {
        var (replied, idle) = (false, false);
        await ReadUntilAsync(seen =>
        {
            if (seen.Parent != id) return false;
            replied |= seen.Type == "execute_reply";
            idle |= seen.Type == "status" && seen.Content.Contains("\"idle\"", StringComparison.Ordinal);
            return replied && idle;
        }, each);
    }

    /// <summary>Reads on until the execution is over; gives what it printed.</summary>
    public async Task<string> PrintedAsync(string id)
    {
        var text = new System.Text.StringBuilder();
        await FinishAsync(id, seen =>
        {
            if (seen.Parent == id && seen.Type == "stream") text.Append(System.Text.Json.JsonDocument.Parse(seen.Content).RootElement.GetProperty("text").GetString());
        });
        return text.ToString();
    }

    public void Dispose() => _reader.Dispose();
}

/// <summary>One record, as text.</summary>
internal readonly record struct Seen(long Sequence, byte Kind, string Type, string Parent, string Content)
{
    public static Seen Of(in JournalRecord record)
    {
        if (record.Kind == RecordKind.Event) return new(record.Sequence, record.Kind, "", "", System.Text.Encoding.UTF8.GetString(record.Payload.Span));
        Assert.True(WebSocketV1.TryRead(record.Payload, out _, out var message, out var reason), reason);
        Assert.True(MessageHeader.TryParse(message.Header.Span, out var header));
        Assert.True(MessageHeader.TryParse(message.ParentHeader.Span, out var parent));
        return new(record.Sequence, record.Kind, header.MessageType, parent.MessageId, System.Text.Encoding.UTF8.GetString(message.Content.Span));
    }
}
