using System.Text;
using Holdfast.Notebooks.Exporting;
using Holdfast.Notebooks.Json;
using Holdfast.Notebooks.Python;

namespace Holdfast.Notebooks.Rendering;

/// <summary>A notebook as Markdown, byte for byte as <c>jupyter nbconvert --to markdown</c> writes it.</summary>
public static class NotebookMarkdown
{
    private static readonly string[] Order = ["text/html", "text/markdown", "image/svg+xml", "text/latex", "image/png", "image/jpeg", "text/plain"];

    private static readonly Dictionary<string, (string Extension, string Name)> Extracted = new()
    {
        ["image/png"] = (".png", "png"),
        ["image/jpeg"] = (".jpg", "jpeg"),
        ["image/svg+xml"] = (".svg", "svg"),
        ["application/pdf"] = (".pdf", "pdf"),
    };

    // The languages that nbconvert knows by their cell magic.
    private static readonly Dictionary<string, string> Magics = new()
    {
        ["%%R"] = "r",
        ["%%bash"] = "bash",
        ["%%cython"] = "cython",
        ["%%javascript"] = "javascript",
        ["%%julia"] = "julia",
        ["%%latex"] = "latex",
        ["%%octave"] = "octave",
        ["%%perl"] = "perl",
        ["%%ruby"] = "ruby",
        ["%%sh"] = "sh",
        ["%%sql"] = "sql",
    };

    /// <summary>Cells behind each other: code fenced, printed outputs with an indent of four, pictures as links to files.</summary>
    /// <param name="notebook">In any version.</param>
    /// <param name="name">What the pictures are called by: <c>NAME_files/NAME_CELL_OUTPUT.png</c>. Null keeps them in the text as data URLs.</param>
    public static ExportedMarkdown Of(NotebookDocument notebook, string? name)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        notebook = notebook.Upgrade();
        var metadata = new JsonTape().Load(notebook.MetadataJson);
        var language = ScriptLanguage.Text(metadata, metadata.Find(0, "language_info"u8), "name"u8) ?? "";
        var text = new StringBuilder();
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (var number = 0; number < notebook.Cells.Count; number++)
        {
            var cell = notebook.Cells[number];
            switch (cell.Type)
            {
                case "code":
                    text.Append("\n\n```").Append(Magic(cell.Source) ?? language).Append('\n').Append(cell.Source).Append("\n```\n");
                    var outputs = CellOutput.Of(cell);
                    for (var index = 0; index < outputs.Count; index++) Output(text, outputs[index], files, name, $"{number}_{index}");
                    break;
                case "markdown":
                    text.Append('\n').Append(cell.Source).Append('\n');
                    break;
                case "raw" when (ScriptLanguage.Text(new JsonTape().Load(cell.MetadataJson), 0, "raw_mimetype"u8) ?? "").ToLowerInvariant() is "" or "text/markdown" or "text/html":
                    text.Append(cell.Source);
                    break;
            }
        }

        return new ExportedMarkdown(text.ToString().TrimStart('\r', '\n'), files);
    }

    private static void Output(StringBuilder text, CellOutput output, Dictionary<string, byte[]> files, string? name, string place)
    {
        switch (output.Type)
        {
            case "stream":
                text.Append('\n').Append(Indented(WithoutOverwritten(output.Text))).Append('\n');
                break;
            case "execute_result":
                text.Append("\n\n");
                Display(text, output, files, name, place);
                text.Append('\n');
                break;
            case "display_data":
                Display(text, output, files, name, place);
                break;
            case "error":
                text.Append('\n');
                foreach (var line in output.Traceback) text.Append('\n').Append(WithoutColours(Indented(line))).Append('\n');
                text.Append('\n');
                break;
        }
    }

    private static void Display(StringBuilder text, CellOutput output, Dictionary<string, byte[]> files, string? name, string place)
    {
        foreach (var mime in name is null ? [] : Extracted.Keys.Where(output.Has)) Extract(output, mime, files, FileOf(output, mime, name!, place));
        text.Append('\n');
        if (Order.FirstOrDefault(output.Has) is { } shown && output.Data(shown) is { } data)
        {
            if (Extracted.TryGetValue(shown, out var picture))
            {
                var url = name is null ? DataUrl(shown, data) : string.Join('/', FileOf(output, shown, name, place).Split('/').Select(Uri.EscapeDataString));
                text.Append("\n    \n![").Append(picture.Name).Append("](").Append(url).Append(")\n    \n");
            }
            else
            {
                text.Append('\n').Append(shown switch { "text/html" => Dedented(data), "text/plain" => Indented(data), _ => data }).Append('\n');
            }
        }

        text.Append('\n');
    }

    /// <summary>The picture's file: the name that the output asks for where it is nothing but a name, else one by its place.</summary>
    private static string FileOf(CellOutput output, string mime, string name, string place)
    {
        var extension = Extracted[mime].Extension;
        var asked = output.Setting("", "filename");
        if (asked is not { Length: > 0 } || asked[0] == '.' || asked.Contains('/') || asked.Contains('\0')) return $"{name}_files/{name}_{place}{extension}";
        return $"{name}_files/{asked}{(asked.EndsWith(extension, StringComparison.Ordinal) ? "" : extension)}";
    }

    private static void Extract(CellOutput output, string mime, Dictionary<string, byte[]> files, string path)
    {
        var data = output.Data(mime)!;
        files[path] = mime == "image/svg+xml" ? Encoding.UTF8.GetBytes(data) : Decoded(data);
    }

    private static string DataUrl(string mime, string data) =>
        $"data:{mime};base64,{Convert.ToBase64String(mime == "image/svg+xml" ? Encoding.UTF8.GetBytes(data) : Decoded(data))}";

    /// <summary>As Python's a2b_base64: what is no digit is passed over.</summary>
    private static byte[] Decoded(string data)
    {
        var digits = string.Concat(data.Where(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/'));
        if (digits.Length % 4 == 1) digits = digits[..^1];
        return Convert.FromBase64String(digits.PadRight((digits.Length + 3) / 4 * 4, '='));
    }

    private static string? Magic(string source)
    {
        var text = PythonText.TrimStart(source);
        foreach (var (magic, language) in Magics)
        {
            if (text.StartsWith(magic) && text.Length > magic.Length && PythonText.IsSpace(text[magic.Length])) return language;
        }

        return null;
    }

    private static string Indented(string text)
    {
        var indented = "    " + text.Replace("\n", "\n    ", StringComparison.Ordinal);
        return indented.EndsWith("\n    ", StringComparison.Ordinal) ? indented[..^4] : indented;
    }

    /// <summary>Of each line what stands behind its last carriage return; one at the line's end stays.</summary>
    private static string WithoutOverwritten(string text)
    {
        if (!text.Contains('\r')) return text;
        var lines = text.Split('\n');
        for (var line = 0; line < lines.Length; line++)
        {
            var end = lines[line].Length - 1;
            if (end > 0 && lines[line].LastIndexOf('\r', end - 1) is >= 0 and var last) lines[line] = lines[line][(last + 1)..];
        }

        return string.Join('\n', lines);
    }

    private static string WithoutColours(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\e' && at + 1 < text.Length && text[at + 1] == '[')
            {
                var end = at + 2;
                while (end < text.Length && text[end] is not (>= '@' and <= '~') and not '\n') end++;
                if (end < text.Length && text[end] != '\n')
                {
                    at = end;
                    continue;
                }
            }

            plain.Append(text[at]);
        }

        return plain.ToString();
    }

    /// <summary>Python's textwrap.dedent.</summary>
    private static string Dedented(string text)
    {
        var lines = text.Split('\n');
        string? margin = null;
        for (var line = 0; line < lines.Length; line++)
        {
            if (lines[line].AsSpan().Trim(" \t").IsEmpty)
            {
                lines[line] = "";
                continue;
            }

            var indent = lines[line][..(lines[line].Length - lines[line].AsSpan().TrimStart(" \t").Length)];
            margin = margin is null ? indent : margin[..margin.AsSpan().CommonPrefixLength(indent)];
        }

        if (string.IsNullOrEmpty(margin)) return string.Join('\n', lines);
        return string.Join('\n', lines.Select(line => line.StartsWith(margin, StringComparison.Ordinal) ? line[margin.Length..] : line));
    }
}

/// <summary>A notebook as Markdown.</summary>
/// <param name="Text">All of it.</param>
/// <param name="Files">The pictures by their paths, with slashes, from the folder of the text.</param>
public sealed record ExportedMarkdown(string Text, IReadOnlyDictionary<string, byte[]> Files);
