using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using Holdfast.Lab.Http;

namespace Holdfast.Lab.Events;

/// <summary>Tells subscribed clients what happens in the lab. A subscriber who does not read keeps the latest <see cref="MostWaiting"/> only.</summary>
internal sealed class LabEvents(TimeProvider time)
{
    public const string Contents = "https://events.jupyter.org/jupyter_server/contents_service/v1";
    private const int MostWaiting = 256;

    private readonly Lock _gate = new();
    private readonly HashSet<Channel<ReadOnlyMemory<byte>>> _subscribers = [];

    /// <summary>The schemas that events may have.</summary>
    public static readonly string[] Schemas =
        [Contents, "https://events.jupyter.org/jupyter_server/kernel_actions/v1", "https://events.jupyter.org/jupyter_server/gateway_client/v1"];

    public Channel<ReadOnlyMemory<byte>> Subscribe()
    {
        var channel = Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_gate)
            _subscribers.Add(channel);
        return channel;
    }

    public void Unsubscribe(Channel<ReadOnlyMemory<byte>> channel)
    {
        lock (_gate)
            _subscribers.Remove(channel);
    }

    /// <summary>Something happened to a file or folder: <c>save</c>, <c>rename</c>, <c>copy</c>, <c>delete</c>.</summary>
    public void Changed(string action, string path, string? from = null) => Publish(Contents, json =>
    {
        json.WriteString("action"u8, action);
        json.WriteString("path"u8, path);
        if (from is not null)
            json.WriteString("source_path"u8, from);
    });

    /// <summary>Sends an event of a schema; <paramref name="data"/> writes its members.</summary>
    public void Publish(string schema, Action<Utf8JsonWriter> data)
    {
        lock (_gate)
        {
            if (_subscribers.Count == 0)
                return;
            var buffer = new ArrayBufferWriter<byte>(256);
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteString("schema_id"u8, schema);
                json.WriteString("__timestamp__"u8, ApiJson.Time(time.GetUtcNow()));
                json.WriteString("__schema__"u8, schema);
                json.WriteString("__schema_version__"u8, "1"u8);
                json.WriteNumber("__metadata_version__"u8, 1);
                data(json);
                json.WriteEndObject();
            }
            foreach (var subscriber in _subscribers)
                subscriber.Writer.TryWrite(buffer.WrittenMemory);
        }
    }
}
