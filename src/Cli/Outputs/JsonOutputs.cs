using System.Text.Json;
using System.Text.Unicode;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;

namespace Holdfast.Cli.Outputs;

/// <summary>One JSON object a line: the record's number, the cell, the message's type and its content.</summary>
internal sealed class JsonOutputs(Stream stdout) : IOutputSink
{
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };
    private readonly Utf8JsonWriter _json = new(stdout, new JsonWriterOptions { MaxDepth = int.MaxValue });
    private string _kernel = "";

    public void BeginKernel(KernelRecord kernel) => _kernel = kernel.Id;

    public void Event(in JournalRecord record)
    {
        Begin(record);
        WriteRaw("event", record.Payload);
        End();
    }

    public void Output(Execution execution, string messageType, in KernelMessage message, in JournalRecord record)
    {
        Begin(record);
        _json.WriteString("msg_id", execution.MessageId);
        _json.WriteString("cell", execution.Cell);
        _json.WriteString("type", messageType);
        WriteRaw("content", message.Content);
        End();
    }

    public void Unreadable(in JournalRecord record, string reason)
    {
        Begin(record);
        _json.WriteString("unreadable", reason);
        _json.WriteBase64String("base64", record.Payload.Span);
        End();
    }

    public void Damage(JournalDamage damage)
    {
        _json.WriteStartObject();
        _json.WriteString("kernel", _kernel);
        _json.WriteNumber("from", damage.FromSequence);
        _json.WriteNumber("to", damage.ToSequence);
        _json.WriteString("damage", damage.Reason);
        End();
    }

    public void EndKernel() => stdout.Flush();

    private void Begin(in JournalRecord record)
    {
        _json.WriteStartObject();
        _json.WriteString("kernel", _kernel);
        _json.WriteNumber("sequence", record.Sequence);
        _json.WriteString("time", DateTimeOffset.UnixEpoch.AddMicroseconds(record.Timestamp));
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        stdout.WriteByte((byte)'\n');
    }

    /// <summary>Writes a value as it was sent; one that is no JSON as null, with its bytes in <c>NAME_base64</c>.</summary>
    private void WriteRaw(string name, ReadOnlyMemory<byte> value)
    {
        _json.WritePropertyName(name);
        if (!IsJson(value.Span))
        {
            _json.WriteNullValue();
            _json.WriteBase64String($"{name}_base64", value.Span);
        }
        else if (value.Span.IndexOfAny((byte)'\n', (byte)'\r') < 0)
        {
            _json.WriteRawValue(value.Span, skipInputValidation: true);
        }
        else
        {
            using var document = JsonDocument.Parse(value, new JsonDocumentOptions { MaxDepth = int.MaxValue });
            document.RootElement.WriteTo(_json);
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> value)
    {
        if (!Utf8.IsValid(value)) return false;
        try
        {
            var reader = new Utf8JsonReader(value, AnyDepth);
            var some = false;
            while (reader.Read()) some = true;
            return some;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
