using System.Text.Json;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;

namespace Holdfast.Cli.Outputs;

/// <summary>One JSON object a line: the record's number, the cell, the message's type and its content.</summary>
internal sealed class JsonOutputs(Stream stdout) : IOutputSink
{
    private string _kernel = "";

    public void BeginKernel(KernelRecord kernel) => _kernel = kernel.Id;

    public void Event(in JournalRecord record)
    {
        using var json = Begin(record);
        json.WritePropertyName("event");
        json.WriteRawValue(record.Payload.Span);
        json.WriteEndObject();
        End(json);
    }

    public void Output(Execution execution, string messageType, in KernelMessage message, in JournalRecord record)
    {
        using var json = Begin(record);
        json.WriteString("msg_id", execution.MessageId);
        json.WriteString("cell", execution.Cell);
        json.WriteString("type", messageType);
        json.WritePropertyName("content");
        json.WriteRawValue(message.Content.Span);
        json.WriteEndObject();
        End(json);
    }

    public void Damage(JournalDamage damage)
    {
        using var json = new Utf8JsonWriter(stdout);
        json.WriteStartObject();
        json.WriteString("kernel", _kernel);
        json.WriteNumber("from", damage.FromSequence);
        json.WriteNumber("to", damage.ToSequence);
        json.WriteString("damage", damage.Reason);
        json.WriteEndObject();
        End(json);
    }

    public void EndKernel() => stdout.Flush();

    private Utf8JsonWriter Begin(in JournalRecord record)
    {
        var json = new Utf8JsonWriter(stdout);
        json.WriteStartObject();
        json.WriteString("kernel", _kernel);
        json.WriteNumber("sequence", record.Sequence);
        json.WriteString("time", DateTimeOffset.UnixEpoch.AddMicroseconds(record.Timestamp));
        return json;
    }

    private void End(Utf8JsonWriter json)
    {
        json.Flush();
        stdout.WriteByte((byte)'\n');
    }
}
