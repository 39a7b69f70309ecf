using System.Globalization;
using System.Text.Json;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;

namespace Holdfast.Cli.Outputs;

/// <summary>Outputs as text: what was printed as it was, of a display its plain text, of an error its traceback.</summary>
internal sealed class TextOutputs(Stream stdout, TextWriter headings, TimeProvider time) : IOutputSink
{
    private Execution? _current;

    public void BeginKernel(KernelRecord kernel)
    {
        _current = null;
        Say($"== {kernel.DisplayName}, started {Cli.Output.Clock(kernel.Started, time)}, kernel {kernel.Id}");
    }

    public void Event(in JournalRecord record)
    {
        string? name, reason;
        try
        {
            using var json = JsonDocument.Parse(record.Payload);
            (name, reason) = (Text(json.RootElement, "event"), Text(json.RootElement, "reason"));
        }
        catch (JsonException e)
        {
            Unreadable(record, e.Message);
            return;
        }

        if (name is not ("started" or "shutdown")) Say($"-- {Clock(record.Timestamp)} {name ?? "event"}{(reason is null ? "" : $": {reason}")}");
    }

    public void Output(Execution execution, string messageType, in KernelMessage message, in JournalRecord record)
    {
        if (!MessageText.IsOutput(messageType)) return;
        if (_current != execution)
        {
            Say($"-- {Clock(execution.At)} cell {execution.Cell ?? "?"}: {execution.FirstLine}");
            _current = execution;
        }

        if (MessageText.Write(messageType, message.Content.Span, stdout) is { } fault)
        {
            Say($"-- {Clock(record.Timestamp)} this {messageType} cannot be shown: {fault}. 'holdfast outputs -o json' has it as it is (sequence {record.Sequence}).");
        }
    }

    public void Unreadable(in JournalRecord record, string reason) => Say($"-- {Clock(record.Timestamp)} record {record.Sequence} cannot be read: {reason}");

    /// <summary>Only where bytes are damaged is a record that was written unreadable; all else that is not here was let go, or was never written.</summary>
    public void Damage(JournalDamage damage) => Say(
        damage.ToSequence < damage.FromSequence ? $"-- note: {damage.Reason} ({damage.Segment})"
        : damage.Offset > 0 ? $"-- records {damage.FromSequence} to {damage.ToSequence} cannot be read: {damage.Reason} ({damage.Segment}, byte {damage.Offset})"
        : damage.FromSequence == 1 ? $"-- before record {damage.ToSequence + 1}: {damage.Reason}"
        : $"-- after record {damage.FromSequence - 1}: {damage.Reason}");

    public void EndKernel() => stdout.Flush();

    /// <summary>Headings go to stderr, in their place between what goes to stdout.</summary>
    private void Say(string heading)
    {
        stdout.Flush();
        headings.WriteLine(heading);
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private string Clock(long microseconds) =>
        TimeZoneInfo.ConvertTime(DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds), time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
