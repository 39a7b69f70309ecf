using System.Buffers;
using System.Text;
using Holdfast.Notebooks.Json;
using Holdfast.Notebooks.Model;

namespace Holdfast.Notebooks.Percent;

/// <summary>Members of a JSON object in their order.</summary>
internal sealed class PercentMetadata
{
    private static readonly JsonStyle OneLine = new([], [], ", "u8.ToArray(), ": "u8.ToArray(), Ascii: true, Sorted: false, Joined: true);
    private readonly List<KeyValuePair<string, byte[]>> _members = [];

    public static PercentMetadata Of(ReadOnlyMemory<byte> json)
    {
        var metadata = new PercentMetadata();
        var tape = new JsonTape().Load(json);
        if (tape[0].Kind != JsonKind.Object) return metadata;
        foreach (var key in tape.Items(0)) metadata.Set(Encoding.UTF8.GetString(tape.Name(key)), tape.Raw(key + 1).ToArray());
        return metadata;
    }

    public IReadOnlyList<KeyValuePair<string, byte[]>> Members => _members;

    public bool Has(string key) => _members.Exists(member => member.Key == key);

    /// <summary>The value of a key as JSON; null when it is not there.</summary>
    public byte[]? this[string key] => _members.Find(member => member.Key == key).Value;

    public void Set(string key, byte[] json)
    {
        var at = _members.FindIndex(member => member.Key == key);
        if (at < 0) _members.Add(new(key, json));
        else _members[at] = new(key, json);
    }

    public void Set(string key, string text) => Set(key, JsonStrings.Quote(text));

    public void Remove(string key) => _members.RemoveAll(member => member.Key == key);

    /// <summary>The text of a member; null when it is not there or no text.</summary>
    public string? Text(string key) => this[key] is { } json && new JsonTape().Load(json) is var tape && tape[0].Kind == JsonKind.String ? JsonText.ToString(tape, 0) : null;

    /// <summary>The texts in a list; empty when it is not there.</summary>
    public IEnumerable<string> Texts(string key)
    {
        if (this[key] is not { } json) return [];
        var tape = new JsonTape().Load(json);
        return tape[0].Kind != JsonKind.Array ? [] : [.. tape.Items(0).Where(item => tape[item].Kind == JsonKind.String).Select(item => JsonText.ToString(tape, item))];
    }

    /// <summary>A value as Python's json.dumps spells it: one line, ASCII.</summary>
    public static string Spelled(byte[] json)
    {
        var spelled = new ArrayBufferWriter<byte>(json.Length + 16);
        var sink = new ByteSink(bytes => spelled.Write(bytes), 256);
        new NotebookFormatter(sink, OneLine).Write(new JsonTape().Load(json), 0, 0, Role.Plain);
        sink.Flush();
        return Encoding.UTF8.GetString(spelled.WrittenSpan);
    }

    public byte[] ToJson()
    {
        var json = new ArrayBufferWriter<byte>(256);
        json.Write("{"u8);
        for (var number = 0; number < _members.Count; number++)
        {
            if (number > 0) json.Write(","u8);
            json.Write(JsonStrings.Quote(_members[number].Key));
            json.Write(":"u8);
            json.Write(_members[number].Value);
        }

        json.Write("}"u8);
        return json.WrittenSpan.ToArray();
    }

    /// <summary>Whether the same keys have the same values, whatever their order and spelling.</summary>
    public bool IsSame(PercentMetadata other) =>
        Merging.JsonEquality.Same(new JsonTape().Load(ToJson()), 0, new JsonTape().Load(other.ToJson()), 0, Role.Plain);
}
