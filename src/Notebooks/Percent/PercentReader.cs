using YamlDotNet.Core;

namespace Holdfast.Notebooks.Percent;

/// <summary>Reads the cells of a script. Anything is a script: what stands before the first marker is a cell of code.</summary>
internal sealed class PercentReader
{
    private readonly PercentLanguage _language;
    private readonly List<string> _lines;
    private PercentMagics _magics;
    private bool _plain;

    private PercentReader(string text, PercentLanguage language)
    {
        _language = language;
        _lines = [.. text.TrimStart('\ufeff').Split('\n')];
        if (_lines[^1].Length == 0) _lines.RemoveAt(_lines.Count - 1);
        // A file whose first line ends in \r\n came from Windows; elsewhere a \r is a cell's own.
        if (_lines is [[.., '\r'], ..]) _lines = [.. _lines.Select(line => line.EndsWith('\r') ? line[..^1] : line)];
        _magics = new PercentMagics(language, escaped: true);
    }

    /// <exception cref="YamlException">The header is not YAML.</exception>
    public static PercentNotebook Read(string text, PercentLanguage language) => new PercentReader(text, language).Read();

    private PercentNotebook Read()
    {
        var header = PercentHeader.Read(_lines, _language);
        var jupytext = PercentMetadata.Of(header.Metadata["jupytext"] ?? "{}"u8.ToArray());
        _magics = new PercentMagics(_language, jupytext["comment_magics"] is not [(byte)'f', ..]);
        _plain = header.IsPlain;
        var cells = new List<PercentCell>();
        if (header.FrontMatter is { } front) cells.Add(new PercentCell("raw", front, new PercentMetadata()));
        for (var at = header.End; at < _lines.Count;)
        {
            var end = EndOfCell(at);
            var isMarked = PercentMarker.Is(_lines[at], _language);
            var content = _lines[(isMarked ? at + 1 : at)..Trimmed(at, end)];
            if (!isMarked) content = [.. content.SkipWhile(string.IsNullOrWhiteSpace)];
            if (isMarked || content.Count > 0) cells.Add(Cell(isMarked ? PercentMarker.Of(_lines[at], _language) : new PercentMarker("code", new PercentMetadata()), content));
            at = end;
        }

        return new PercentNotebook(header.Metadata, header.IsPlain, cells);
    }

    /// <summary>The next line that begins a cell, outside strings; where a string is never closed, it is none.</summary>
    private int EndOfCell(int begin)
    {
        var quotes = new OpenQuotes(_language);
        var inString = -1;
        for (var at = begin; at < _lines.Count; at++)
        {
            if (at > begin && PercentMarker.Is(_lines[at], _language))
            {
                if (!quotes.IsOpen) return at;
                if (inString < 0) inString = at;
            }

            quotes.Read(_lines[at]);
            if (!quotes.IsOpen) inString = -1;
        }

        return inString >= 0 ? inString : _lines.Count;
    }

    /// <summary>The end of a cell without the blank lines between it and the next: two when there are two, else one.</summary>
    private int Trimmed(int begin, int end)
    {
        if (end - begin >= 3 && IsBlank(end - 1) && IsBlank(end - 2) && !IsBlank(end - 3)) return end - 2;
        return end > begin && IsBlank(end - 1) ? end - 1 : end;
    }

    private bool IsBlank(int line) => string.IsNullOrWhiteSpace(_lines[line]);

    private PercentCell Cell(PercentMarker marker, List<string> lines)
    {
        var metadata = marker.Metadata;
        if (marker.Type != "code") return new PercentCell(marker.Type, Text(lines, metadata), metadata);
        if (marker.IsPrompt) lines = [.. lines.SkipWhile(string.IsNullOrWhiteSpace).Reverse().SkipWhile(string.IsNullOrWhiteSpace).Reverse()];
        if (metadata.Text("language") is { } language && PercentLanguage.IsOfCells(language))
        {
            metadata.Remove("language");
            var arguments = metadata.Text("magic_args") is { } said ? $" {said}" : "";
            metadata.Remove("magic_args");
            return new PercentCell("code", string.Join('\n', Uncommented(lines).Prepend($"{_language.CellMagic}{language}{arguments}")), metadata);
        }

        var type = CellText.IsActive(metadata, ".ipynb") ? "code" : "raw";
        return new PercentCell(type, string.Join('\n', CellText.IsActive(metadata, _language.Extension) ? _magics.Uncomment(lines, _plain) : Uncommented(lines)), metadata);
    }

    private IEnumerable<string> Uncommented(IEnumerable<string> lines) => lines.Select(line => CellText.Unescaped(_language.Uncommented(line)));

    /// <summary>The text of a Markdown or raw cell: comments, or one string in three quotes.</summary>
    private string Text(List<string> lines, PercentMetadata metadata)
    {
        var text = string.Join('\n', lines).Trim();
        var prefix = text is ['r' or 'R', ..] ? 1 : 0;
        foreach (var quotes in new[] { "\"\"\"", "'''" })
        {
            if (!_language.IsPython || text.Length < prefix + 6 || !text.AsSpan(prefix).StartsWith(quotes) || !text.EndsWith(quotes, StringComparison.Ordinal)) continue;
            metadata.Set("cell_marker", text[..(prefix + 3)]);
            text = text[(prefix + 3)..^3];
            if (text.StartsWith('\n')) text = text[1..];
            return text.EndsWith('\n') ? text[..^1] : text;
        }

        return string.Join('\n', Uncommented(lines));
    }
}
