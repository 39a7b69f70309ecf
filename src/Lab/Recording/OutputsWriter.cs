using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;
using Holdfast.Notebooks.Folding;

namespace Holdfast.Lab.Recording;

/// <summary>Writes outputs as nbformat has them, reading them from the kernel's journal. Not safe for concurrent calls.</summary>
internal sealed class OutputsWriter(JournalReader reader)
{
    /// <summary>A record this near ahead is reached by reading on; one further away, or behind, is looked up.</summary>
    private const int Near = 8;

    private readonly ArrayBufferWriter<byte> _text = new();

    /// <summary>Writes the JSON list.</summary>
    /// <param name="json">Gets it.</param>
    /// <param name="outputs">Which.</param>
    /// <param name="limit">How much of its streams.</param>
    /// <param name="withTransient">Whether displays say their display_id, as messages do and files do not.</param>
    public void Write(Utf8JsonWriter json, OutputFold outputs, OutputLimit limit, bool withTransient)
    {
        var total = outputs.StreamBytes;
        var (head, tail) = total <= limit.Whole ? (total, total) : (limit.Head, total - limit.Tail);
        var at = 0L;
        json.WriteStartArray();
        foreach (ref readonly var piece in CollectionsMarshal.AsSpan(outputs.Outputs))
        {
            if (piece.IsStream)
            {
                WriteStream(json, outputs, piece, at, head, tail);
                at += piece.Bytes;
            }
            else
                WriteDisplay(json, piece, withTransient);
        }
        json.WriteEndArray();
    }

    /// <summary>A message of the journal; null when it is not there any more.</summary>
    public KernelMessage? Read(long sequence)
    {
        reader.Seek(sequence);
        return reader.TryRead(out var record) && record.Sequence == sequence && WebSocketV1.TryRead(record.Payload, out _, out var message, out _) ? message : null;
    }

    private void WriteStream(Utf8JsonWriter json, OutputFold outputs, in OutputPiece piece, long at, long head, long tail)
    {
        // What is left out lies between head and tail; the note stands where it begins.
        var end = at + piece.Bytes;
        if (tail > head && at >= head && end <= tail)
            return;
        _text.ResetWrittenCount();
        if (tail <= head || end <= head || at >= tail)
            ReadText(outputs, piece, piece.Place, new StreamText(_text), long.MaxValue);
        else
        {
            if (at < head)
            {
                ReadText(outputs, piece, piece.Place, new StreamText(_text), head - at);
                CutEnd((int)(head - at));
                WriteNote(outputs, tail - head);
            }
            if (end > tail)
                ReadTail(outputs, piece, end - tail);
        }
        json.WriteStartObject();
        json.WriteString("name"u8, piece.StreamName);
        json.WriteString("output_type"u8, "stream"u8);
        json.WriteString("text"u8, _text.WrittenSpan);
        json.WriteEndObject();
    }

    private void ReadText(OutputFold outputs, in OutputPiece piece, JournalPlace first, StreamText text, long enough)
    {
        Go(first);
        while (_text.WrittenCount < enough && reader.NextSequence <= piece.Last && reader.TryRead(out var record))
        {
            if (record.Sequence > piece.Last)
                break;
            if (record.Kind != RecordKind.FromKernel || !WebSocketV1.TryRead(record.Payload, out var channel, out var message, out _) || channel != KernelChannel.IOPub
                || !MessageHeader.TryParse(message.Header.Span, out var header) || header.MessageType != "stream"
                || !MessageHeader.TryParse(message.ParentHeader.Span, out var parent) || parent.MessageId != piece.Parent || outputs.IsSkipped(record.Sequence))
                continue;
            var stream = new PrintedText(message.Content.Span);
            if (stream.IsError == (piece.Kind == OutputKind.Stderr))
                stream.AppendTo(text);
        }
        text.Finish();
    }

    private void ReadTail(OutputFold outputs, in OutputPiece piece, long wanted)
    {
        var before = _text.WrittenCount;
        ReadText(outputs, piece, piece.Marks?.Before(piece.Bytes, wanted)?.Place ?? piece.Place, new StreamText(_text), long.MaxValue);
        var read = _text.WrittenSpan[before..];
        if (read.Length <= wanted)
            return;
        read = read[^(int)wanted..];
        var line = read.IndexOf((byte)'\n') + 1;
        var kept = read[Math.Max(line, CharacterStart(read))..].ToArray();
        var head = _text.WrittenSpan[..before].ToArray();
        _text.ResetWrittenCount();
        _text.Write(head);
        _text.Write(kept);
    }

    private void CutEnd(int length)
    {
        var text = _text.WrittenSpan[..Math.Min(length, _text.WrittenCount)];
        var line = text.LastIndexOf((byte)'\n') + 1;
        if (line == 0)
        {
            line = text.Length;
            while (line > 0 && line < _text.WrittenCount && (_text.WrittenSpan[line] & 0xC0) == 0x80)
                line--;
        }
        var kept = text[..line].ToArray();
        _text.ResetWrittenCount();
        _text.Write(kept);
    }

    private static int CharacterStart(ReadOnlySpan<byte> text)
    {
        var start = 0;
        while (start < text.Length && (text[start] & 0xC0) == 0x80)
            start++;
        return start;
    }

    private void WriteNote(OutputFold outputs, long leftOut)
    {
        var size = leftOut >= 10_000_000 ? $"{leftOut / 1e6:0} MB" : $"{leftOut / 1e3:0} kB";
        _text.Write(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"\n[… {size} are left out here; all of it: {outputs.Whole} …]\n")));
    }

    private void WriteDisplay(Utf8JsonWriter json, in OutputPiece piece, bool withTransient)
    {
        Go(piece.Place);
        if (!reader.TryRead(out var record) || record.Sequence != piece.Place.Sequence || !WebSocketV1.TryRead(record.Payload, out _, out var message, out _))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, "stderr"u8);
            json.WriteString("output_type"u8, "stream"u8);
            json.WriteString("text"u8, "[An output is no longer in the journal.]\n"u8);
            json.WriteEndObject();
            return;
        }
        var content = message.Content;
        json.WriteStartObject();
        switch (piece.Kind)
        {
            case OutputKind.Error:
                WriteMember(json, content, "ename"u8, "\"\""u8);
                WriteMember(json, content, "evalue"u8, "\"\""u8);
                json.WriteString("output_type"u8, "error"u8);
                WriteMember(json, content, "traceback"u8, "[]"u8);
                break;
            default:
                WriteMember(json, content, "data"u8, "{}"u8);
                if (piece.Kind == OutputKind.Result)
                    WriteMember(json, content, "execution_count"u8, "null"u8);
                WriteMember(json, content, "metadata"u8, "{}"u8);
                json.WriteString("output_type"u8, piece.Kind == OutputKind.Result ? "execute_result"u8 : "display_data"u8);
                if (withTransient && MessageJson.DisplayId(content.Span) is not null)
                    WriteMember(json, content, "transient"u8, "{}"u8);
                break;
        }
        json.WriteEndObject();
    }

    private static void WriteMember(Utf8JsonWriter json, ReadOnlyMemory<byte> content, ReadOnlySpan<byte> name, ReadOnlySpan<byte> absent)
    {
        var value = MessageJson.Slice(content, name);
        json.WritePropertyName(name);
        json.WriteRawValue(value.IsEmpty ? absent : value.Span, skipInputValidation: true);
    }

    private void Go(JournalPlace place)
    {
        if (place.Sequence < reader.NextSequence || place.Sequence > reader.NextSequence + Near)
            reader.Seek(place);
        while (reader.NextSequence < place.Sequence && reader.TryRead(out _))
        {
        }
    }
}
