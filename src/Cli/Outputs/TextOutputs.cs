using System.Globalization;
using System.Text;
using System.Text.Json;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;

namespace Holdfast.Cli.Outputs;

/// <summary>Outputs as text: what was printed as it was, of a display its plain text, of an error its traceback.</summary>
internal sealed class TextOutputs(Stream stdout, TextWriter headings, TimeProvider time) : IOutputSink
{
    private Execution? _current;

    public void BeginKernel(KernelRecord kernel) =>
        headings.WriteLine($"== {kernel.DisplayName}, started {Cli.Output.Clock(kernel.Started, time)}, kernel {kernel.Id}");

    public void Event(in JournalRecord record)
    {
        using var json = JsonDocument.Parse(record.Payload);
        var name = json.RootElement.GetProperty("event").GetString();
        if (name is "started" or "shutdown") return;
        stdout.Flush();
        var reason = json.RootElement.TryGetProperty("reason", out var text) ? text.GetString() : null;
        headings.WriteLine($"-- {Clock(record.Timestamp)} {name}: {reason}");
    }

    public void Output(Execution execution, string messageType, in KernelMessage message, in JournalRecord record)
    {
        if (messageType is not ("stream" or "display_data" or "execute_result" or "update_display_data" or "error")) return;
        if (_current != execution)
        {
            stdout.Flush();
            var firstLine = execution.Source.AsSpan().Trim();
            if (firstLine.IndexOf('\n') is >= 0 and var end) firstLine = firstLine[..end];
            headings.WriteLine($"-- {Clock(execution.At)} cell {execution.Cell ?? "?"}: {firstLine}");
            _current = execution;
        }

        using var json = JsonDocument.Parse(message.Content);
        var content = json.RootElement;
        switch (messageType)
        {
            case "stream":
                Write(content.GetProperty("text").GetString());
                break;
            case "error":
                foreach (var line in content.GetProperty("traceback").EnumerateArray()) Write(line.GetString() + "\n");
                break;
            default:
                var data = content.GetProperty("data");
                Write((data.TryGetProperty("text/plain", out var plain) ? plain.GetString() : $"({string.Join(", ", data.EnumerateObject().Select(mime => mime.Name))})") + "\n");
                break;
        }
    }

    public void Damage(JournalDamage damage)
    {
        stdout.Flush();
        headings.WriteLine($"-- records {damage.FromSequence} to {damage.ToSequence} cannot be read: {damage.Reason} ({damage.Segment}, byte {damage.Offset})");
    }

    public void EndKernel() => stdout.Flush();

    private void Write(string? text)
    {
        if (text is not null) stdout.Write(Encoding.UTF8.GetBytes(text));
    }

    private string Clock(long microseconds) =>
        TimeZoneInfo.ConvertTime(DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds), time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
