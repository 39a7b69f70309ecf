using System.Buffers;
using System.Text.Json;

namespace Holdfast.Lab.Recording;

/// <summary>Writes widgets as files and pages have them, reading what is large from the kernel's journal. Not safe for concurrent calls.</summary>
internal sealed class WidgetsWriter(OutputsWriter outputs)
{
    /// <summary>A widget as it stands in <c>metadata.widgets</c> (@jupyter-widgets/schema, state version 2); null when the journal has not all of it any more.</summary>
    public ReadOnlyMemory<byte>? ForFile(Widget widget)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, MessageJson.Relaxed);
        json.WriteStartObject();
        if (widget.Buffers.Count > 0)
        {
            json.WriteStartArray("buffers"u8);
            foreach (var value in widget.Buffers)
            {
                if (Read(value) is not { } bytes)
                    return null;
                json.WriteStartObject();
                json.WriteBase64String("data"u8, bytes.Span);
                json.WriteString("encoding"u8, "base64"u8);
                json.WritePropertyName("path"u8);
                json.WriteRawValue(value.Path, skipInputValidation: true);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        if (!WriteModel(json, widget))
            return null;
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Writes all open widgets as the content of a kernel's answer to <c>request_states</c> on its control comm (ipywidgets 8, protocol 1.0).</summary>
    /// <returns>The message's buffers.</returns>
    public IReadOnlyList<ReadOnlyMemory<byte>> WriteStates(Utf8JsonWriter json, IEnumerable<Widget> widgets)
    {
        var buffers = new List<(string Id, string Path, ReadOnlyMemory<byte> Bytes)>();
        json.WriteString("method"u8, "update_states"u8);
        json.WriteStartObject("states"u8);
        foreach (var widget in widgets.Where(widget => !widget.IsClosed))
        {
            json.WriteStartObject(widget.Id);
            WriteModel(json, widget);
            json.WriteEndObject();
            foreach (var value in widget.Buffers)
            {
                if (Read(value) is { } bytes)
                    buffers.Add((widget.Id, value.Path, bytes));
            }
        }
        json.WriteEndObject();
        json.WriteStartArray("buffer_paths"u8);
        foreach (var (id, path, _) in buffers)
            WidgetPaths.Write(json, id, path);
        json.WriteEndArray();
        return [.. buffers.Select(buffer => buffer.Bytes)];
    }

    /// <summary>False when something was left out because the journal has it no more.</summary>
    private bool WriteModel(Utf8JsonWriter json, Widget widget)
    {
        var values = MessageJson.Members(widget.State);
        var isWhole = true;
        foreach (var (key, sequence) in widget.Large)
        {
            if (ReadState(sequence, key) is { } value)
                values[key] = value;
            else
                isWhole = false;
        }
        if (widget.Outputs.Count > 0)
        {
            isWhole &= outputs.Read(widget.Outputs.Min(piece => piece.Place.Sequence)) is not null;
            values["outputs"] = Captured(widget, values.GetValueOrDefault("outputs"));
        }
        json.WriteString("model_module"u8, Text(values, "_model_module"));
        json.WriteString("model_module_version"u8, Text(values, "_model_module_version"));
        json.WriteString("model_name"u8, Text(values, "_model_name"));
        json.WriteStartObject("state"u8);
        foreach (var (key, value) in values)
        {
            json.WritePropertyName(key);
            json.WriteRawValue(value.Span, skipInputValidation: true);
        }
        json.WriteEndObject();
        return isWhole;
    }

    /// <summary>What the kernel gave an Output widget as outputs, and behind it what the widget captured.</summary>
    private ReadOnlyMemory<byte> Captured(Widget widget, ReadOnlyMemory<byte> given)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, MessageJson.Relaxed))
            outputs.Write(json, widget, OutputLimit.File, withTransient: false);
        var inner = given.Span.Trim(" \t\r\n"u8);
        if (inner.Length < 2 || inner[0] != '[' || inner[1..^1].Trim(" \t\r\n"u8).IsEmpty)
            return buffer.WrittenMemory;
        return (byte[])[.. inner[..^1], (byte)',', .. buffer.WrittenSpan[1..]];
    }

    private ReadOnlyMemory<byte>? Read(WidgetBuffer value) =>
        outputs.Read(value.Sequence) is { } message && value.Index < message.Buffers.Count ? message.Buffers[value.Index].ToArray() : null;

    private ReadOnlyMemory<byte>? ReadState(long sequence, string key)
    {
        if (outputs.Read(sequence) is not { } message)
            return null;
        var state = MessageJson.Slice(MessageJson.Slice(message.Content, "data"u8), "state"u8);
        return MessageJson.Members(state).TryGetValue(key, out var value) ? value.ToArray() : null;
    }

    private static string? Text(SortedDictionary<string, ReadOnlyMemory<byte>> values, string key)
    {
        if (!values.TryGetValue(key, out var value))
            return null;
        var reader = new Utf8JsonReader(value.Span);
        return reader.Read() ? MessageJson.TextAt(ref reader) : null;
    }
}
