using Holdfast.Notebooks.Json;
using Holdfast.Notebooks.Model;

namespace Holdfast.Notebooks.Merging;

/// <summary>Writes a value of a file after it has become another one: equal parts with the file's bytes, others in its style.</summary>
internal sealed class NotebookMerger(ByteSink sink, JsonStyle style)
{
    private readonly NotebookFormatter _formatter = new(sink, style);
    private readonly NotebookFormatter _joined = new(sink, style with { Joined = true });

    public delegate void MemberWriter(int oldValue, int newValue, Role role);

    public void Write(JsonTape old, int oldNode, JsonTape now, int newNode, int depth, Role role)
    {
        if (JsonEquality.Same(old, oldNode, now, newNode, role))
            sink.Write(old.Raw(oldNode));
        else if (old[oldNode].Kind == JsonKind.Object && now[newNode].Kind == JsonKind.Object)
            WriteObject(old, oldNode, now, newNode, depth, role);
        else if (role is not (Role.Lines or Role.JoinedOnly) && old[oldNode].Kind == JsonKind.Array && now[newNode].Kind == JsonKind.Array)
            WriteArray(old, oldNode, now, newNode, depth, Roles.OfItem(role));
        else
            Formatter(old, oldNode, role).Write(now, newNode, depth, role);
    }

    public void WriteNew(JsonTape now, int node, int depth, Role role) => _formatter.Write(now, node, depth, role);

    /// <summary>Writes an object; <paramref name="write"/> writes the value of a key that old and new have.</summary>
    public void WriteMembers(JsonTape old, int oldNode, JsonTape now, int newNode, int depth, Role role, MemberWriter write)
    {
        var splice = new Splice(sink, style, old, oldNode, depth);
        foreach (var (number, key) in Members(old, splice.Items, oldNode, now, newNode, role))
        {
            splice.Next(number);
            if (number < 0)
            {
                _formatter.WriteKey(now, key);
                WriteNew(now, key + 1, depth + 1, Roles.OfMember(role, now.Name(key)));
                continue;
            }
            splice.Key(number);
            var value = splice.Items[number] + 1;
            if (key < 0)
                sink.Write(old.Raw(value));
            else
                write(value, key + 1, Roles.OfMember(role, now.Name(key)));
        }
        splice.End();
    }

    private void WriteObject(JsonTape old, int oldNode, JsonTape now, int newNode, int depth, Role role) =>
        WriteMembers(old, oldNode, now, newNode, depth, Roles.Of(now, newNode, role),
            (oldValue, newValue, member) => Write(old, oldValue, now, newValue, depth + 1, member));

    /// <summary>Which member of the file (or -1) takes which key of the new object (or -1: it stays as it is), in order.</summary>
    private List<(int Number, int Key)> Members(JsonTape old, int[] oldKeys, int oldNode, JsonTape now, int newNode, Role role)
    {
        var members = new List<(int Number, int Key)>();
        for (var number = 0; number < oldKeys.Length; number++)
        {
            var name = old.Name(oldKeys[number]);
            var value = now.Find(newNode, name);
            var isShadowed = old.Find(oldNode, name) != oldKeys[number] + 1;
            if (isShadowed || Roles.Drops(role, name) || (value < 0 && JsonEquality.IsAsGoodAsMissing(old, oldKeys[number], role)))
                members.Add((number, -1));
            else if (value >= 0)
                members.Add((number, value - 1));
        }
        var sorted = style.Sorted;
        foreach (var key in sorted ? now.SortedKeys(newNode) : now.Items(newNode))
        {
            var name = now.Name(key);
            if (old.Find(oldNode, name) >= 0 || now.Find(newNode, name) != key + 1 || JsonEquality.IsAsGoodAsMissing(now, key, role))
                continue;
            var place = 0;
            while (place < members.Count && (!sorted || NameOf(members[place]).SequenceCompareTo(name) < 0))
                place++;
            members.Insert(place, (-1, key));
        }
        return members;

        ReadOnlySpan<byte> NameOf((int Number, int Key) member) => member.Number < 0 ? now.Name(member.Key) : old.Name(oldKeys[member.Number]);
    }

    // Equal items at both ends stay; those between are merged in order, and the longer side has its rest removed or added.
    private void WriteArray(JsonTape old, int oldNode, JsonTape now, int newNode, int depth, Role item)
    {
        var splice = new Splice(sink, style, old, oldNode, depth);
        var news = now.Items(newNode);
        var olds = splice.Items;
        var shorter = Math.Min(olds.Length, news.Length);
        var tail = 0;
        var head = 0;
        while (head < shorter && JsonEquality.Same(old, olds[head], now, news[head], item))
            head++;
        while (tail < shorter - head && JsonEquality.Same(old, olds[^(tail + 1)], now, news[^(tail + 1)], item))
            tail++;
        for (var number = 0; number < news.Length; number++)
        {
            var kept = number >= news.Length - tail ? number + olds.Length - news.Length : number < olds.Length - tail ? number : -1;
            splice.Next(kept);
            if (kept < 0)
                WriteNew(now, news[number], depth + 1, item);
            else
                Write(old, olds[kept], now, news[number], depth + 1, item);
        }
        splice.End();
    }

    /// <summary>A text that the file keeps as one string of several lines stays one.</summary>
    private NotebookFormatter Formatter(JsonTape old, int oldNode, Role role) =>
        role == Role.Lines && old[oldNode].Kind == JsonKind.String && old.Raw(oldNode).IndexOf("\\n"u8) >= 0 ? _joined : _formatter;
}
