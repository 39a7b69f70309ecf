using System.Buffers;
using System.Text;

namespace Holdfast.Notebooks.Percent;

/// <summary>The line that begins a cell: <c># %% title [markdown] key=value</c>.</summary>
/// <param name="Type">code, markdown or raw.</param>
/// <param name="Metadata">The cell's, with title and cell_depth of the line.</param>
/// <param name="IsPrompt"><c># In[1]:</c>, as nbconvert writes.</param>
internal sealed record PercentMarker(string Type, PercentMetadata Metadata, bool IsPrompt = false)
{
    private static readonly SearchValues<char> InNumber = SearchValues.Create(" 0123456789");
    private static readonly (string Word, string Type)[] Types = [("[markdown]", "markdown"), ("[raw]", "raw"), ("[md]", "markdown")];

    /// <summary>Whether a line begins a cell: <c># %% …</c>, <c>#%%</c>, <c># %%%</c>, <c># In[1]:</c>, <c># &lt;codecell&gt;</c>.</summary>
    public static bool Is(ReadOnlySpan<char> line, PercentLanguage language) =>
        line.TrimStart() is var rest && rest.StartsWith(language.Comment) && IsText(WithoutEnd(rest[language.Comment.Length..], language));

    /// <summary>Whether a line does, or would without some comment signs.</summary>
    public static bool IsMarkerOrEscaped(ReadOnlySpan<char> line, PercentLanguage language)
    {
        var rest = line.TrimStart();
        while (rest.StartsWith(language.Comment))
        {
            if (Is(rest, language)) return true;
            rest = rest[language.Comment.Length..].TrimStart();
        }

        return false;
    }

    /// <summary>Whether a line begins a cell once it is a comment.</summary>
    public static bool IsText(ReadOnlySpan<char> line)
    {
        line = line.TrimStart();
        return line.StartsWith("%%") ? line.TrimStart('%') is [] or [' ' or '\t' or '\r', ..] : line.TrimEnd() is "<codecell>" || IsInPrompt(line.TrimEnd());
    }

    /// <summary>The marker that a line is; the line is one.</summary>
    public static PercentMarker Of(string line, PercentLanguage language)
    {
        var text = WithoutEnd(line.AsSpan().TrimStart()[language.Comment.Length..], language).Trim();
        return text.StartsWith("%%") ? Parsed(text[2..].ToString()) : new PercentMarker("code", new PercentMetadata(), IsPrompt: text[0] == 'I');
    }

    /// <summary>The line that stands for the marker, without comment signs.</summary>
    public string ToText()
    {
        var text = new StringBuilder("%%");
        var title = Metadata.Text("title") is { } said && IsTitle(said) ? said : null;
        var depth = Metadata["cell_depth"] is [>= (byte)'1' and <= (byte)'9' and var digit] ? digit - '0' : 0;
        var region = Type == "markdown" && Metadata.Text("region_name") == "md";
        text.Append('%', depth);
        if (title is not null) text.Append(' ').Append(title);
        if (Type != "code") text.Append(' ').Append(region ? "[md]" : $"[{Type}]");
        foreach (var (key, json) in Metadata.Members)
        {
            if ((key == "title" && title is not null) || (key == "cell_depth" && depth > 0) || (key == "region_name" && region)) continue;
            if (key == "incorrectly_encoded_metadata" && Metadata.Text(key) is { } unread) text.Append(' ').Append(unread);
            else if (key[0] == '.' && json is [(byte)'n', ..]) text.Append(' ').Append(key);
            else text.Append(' ').Append(key).Append('=').Append(PercentMetadata.Spelled(json));
        }

        return text.ToString();
    }

    private static PercentMarker Parsed(string text)
    {
        var start = StartOfMetadata(text);
        var title = text[..start].Trim();
        var metadata = Values(text[start..].Trim());
        var type = "code";
        foreach (var (word, named) in Types)
        {
            if (!title.Contains(word, StringComparison.Ordinal)) continue;
            title = title.Replace(word, "", StringComparison.Ordinal).Trim();
            type = named;
            if (word == "[md]") metadata.Set("region_name", "md");
            break;
        }

        var depth = title.Length - title.TrimStart('%').Length;
        title = title[depth..].Trim();
        if (depth > 0) metadata.Set("cell_depth", Encoding.ASCII.GetBytes($"{depth}"));
        if (title.Length > 0) metadata.Set("title", title);
        return new PercentMarker(type, metadata);
    }

    /// <summary>Where the title ends: before the word that has the first =, or before a {, or before words that begin with a dot.</summary>
    private static int StartOfMetadata(string text)
    {
        var brace = text.IndexOf('{', StringComparison.Ordinal);
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (brace >= 0 && (equals < 0 || brace < equals)) return brace;
        var title = text.AsSpan();
        if (equals >= 0) title = title[..(title[..equals].TrimEnd().LastIndexOf(' ') + 1)];
        while (title.TrimEnd() is var rest && rest.LastIndexOf(' ') + 1 is var word && word < rest.Length && rest[word] == '.') title = rest[..word];
        return title.Length;
    }

    private static PercentMetadata Values(string text)
    {
        var at = 0;
        if (text is ['{', ..] && LooseJson.Read(text, ref at) is { } json && at == text.Length) return PercentMetadata.Of(json);
        var metadata = new PercentMetadata();
        for (at = 0; at < text.Length;)
        {
            var from = at;
            while (at < text.Length && text[at] is not ('=' or ' ')) at++;
            var key = text[from..at];
            while (at < text.Length && text[at] == ' ') at++;
            var value = "null"u8.ToArray();
            if (at < text.Length && text[at] == '=')
            {
                at++;
                while (at < text.Length && text[at] == ' ') at++;
                value = LooseJson.Read(text, ref at);
            }

            if (value is null || key.Length == 0 || key.Contains('{', StringComparison.Ordinal))
            {
                metadata.Set("incorrectly_encoded_metadata", text[from..]);
                break;
            }

            metadata.Set(key, value);
            while (at < text.Length && text[at] == ' ') at++;
        }

        return metadata;
    }

    /// <summary>Whether a title is read back as it is; another one stands as title="…".</summary>
    private static bool IsTitle(string title) =>
        title.Length > 0 && title.Trim() == title && title[0] != '%' && title.IndexOfAny(['=', '{', '\n', '\r']) < 0
        && !Types.Any(type => title.Contains(type.Word, StringComparison.Ordinal));

    private static bool IsInPrompt(ReadOnlySpan<char> text)
    {
        if (text is [.., ':']) text = text[..^1];
        return text is ['I', 'n', '[', .. var number, ']'] && !number.ContainsAnyExcept(InNumber);
    }

    private static ReadOnlySpan<char> WithoutEnd(ReadOnlySpan<char> text, PercentLanguage language) =>
        language.CommentEnd.Length > 0 && text.TrimEnd().EndsWith(language.CommentEnd) ? text.TrimEnd()[..^language.CommentEnd.Length] : text;
}
