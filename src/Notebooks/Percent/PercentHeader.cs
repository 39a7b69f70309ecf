using System.Text;
using Holdfast.Notebooks.Json;
using YamlDotNet.Core;

namespace Holdfast.Notebooks.Percent;

/// <summary>What stands before the cells of a script.</summary>
/// <param name="Metadata">The notebook's.</param>
/// <param name="IsPlain">The script says nothing of its notebook, but perhaps of its program and encoding.</param>
/// <param name="FrontMatter">The source of a raw cell for the YAML that is not the notebook's metadata; null when there is none.</param>
/// <param name="End">The number of the first line behind it.</param>
internal sealed record PercentHeader(PercentMetadata Metadata, bool IsPlain, string? FrontMatter, int End)
{
    private const string Rule = "---";

    /// <summary>The lines of a notebook's header, a first cell with front matter in it included.</summary>
    public static List<string> Lines(NotebookDocument notebook, PercentLanguage language, bool takesFirstCell)
    {
        var metadata = PercentMetadata.Of(notebook.MetadataJson);
        var jupytext = PercentMetadata.Of(metadata["jupytext"] ?? "{}"u8.ToArray());
        var lines = new List<string>();
        if (jupytext.Text("executable") is { } executable) lines.Add("#!" + executable);
        if (jupytext.Text("encoding") is { } encoding) lines.Add(encoding);
        else if (!language.IsPython && notebook.Cells.Any(cell => !Ascii.IsValid(cell.Source))) lines.Add($"{language.Comment} -*- coding: utf-8 -*-");
        jupytext.Remove("executable");
        jupytext.Remove("encoding");
        jupytext.Set("text_representation", Encoding.UTF8.GetBytes($$"""{"extension":"{{language.Extension}}","format_name":"percent","format_version":"1.3"}"""));
        metadata.Set("jupytext", jupytext.ToJson());

        var yaml = takesFirstCell ? notebook.Cells[0].Source.Split('\n')[1..^1].ToList() : [];
        if (MetadataFilter.ForNotebook(jupytext.Text("notebook_metadata_filter")).Kept(metadata) is { Members.Count: > 0 } kept)
        {
            var whole = new PercentMetadata();
            whole.Set("jupyter", kept.ToJson());
            yaml.AddRange(HeaderYaml.Lines(whole.ToJson()));
        }

        if (yaml.Count > 0) lines.AddRange(yaml.Prepend(Rule).Append(Rule).Select(language.Commented));
        return lines;
    }

    /// <summary>Whether the first cell is front matter, which goes into the header: raw, from one --- to the other.</summary>
    public static bool TakesFirstCell(NotebookDocument notebook)
    {
        if (notebook.Cells is not [{ Type: "raw" } first, ..] || PercentMetadata.Of(first.MetadataJson).Members.Count > 0) return false;
        var lines = first.Source.Split('\n');
        return lines is [Rule, .., Rule] and { Length: > 2 } && !lines[1..^1].Any(line => line.TrimEnd() == Rule || line.Contains('\r', StringComparison.Ordinal) || IsJupyter(line));
    }

    /// <summary>Reads the header of a script.</summary>
    /// <exception cref="YamlException">The notebook's metadata is not YAML, or not a mapping. The place is that in the script.</exception>
    public static PercentHeader Read(IReadOnlyList<string> lines, PercentLanguage language)
    {
        // 1. #! and coding:
        var at = 0;
        string? executable = null, encoding = null;
        if (at < lines.Count && lines[at].StartsWith("#!", StringComparison.Ordinal)) executable = lines[at++][2..];
        if (at < lines.Count && IsEncoding(lines[at], language)) encoding = lines[at++];
        // 2. The comments between --- and ---, those of jupyter: apart.
        var (yaml, other, start, end) = Parts(lines, language, at);
        // 3. What they say.
        var metadata = yaml.Count > 0 ? Parsed(yaml, start) : new PercentMetadata();
        var jupytext = PercentMetadata.Of(metadata["jupytext"] ?? "{}"u8.ToArray());
        jupytext.Remove("text_representation");
        if (executable is not null) jupytext.Set("executable", executable);
        if (encoding is not null) jupytext.Set("encoding", encoding);
        if (jupytext.Members.Count > 0) metadata.Set("jupytext", jupytext.ToJson());
        else metadata.Remove("jupytext");
        if (end > at && end < lines.Count && string.IsNullOrWhiteSpace(language.Uncommented(lines[end]))) end++;
        return new PercentHeader(metadata, yaml.Count == 0, other.Count > 0 ? string.Join('\n', other.Prepend(Rule).Append(Rule)) : null, end);
    }

    private static (List<string> Yaml, List<string> Other, int Start, int End) Parts(IReadOnlyList<string> lines, PercentLanguage language, int from)
    {
        var yaml = new List<string>();
        var other = new List<string>();
        var (begun, isJupyter, start) = (false, false, 0);
        for (var at = from; at < lines.Count && lines[at].StartsWith(language.Comment, StringComparison.Ordinal); at++)
        {
            var line = language.Uncommented(lines[at]);
            if (line.TrimEnd() == Rule)
            {
                if (begun) return (yaml, other, start, at + 1);
                begun = true;
            }
            else if (begun)
            {
                if (IsJupyter(line)) (isJupyter, start) = (true, at);
                else if (line is not ([] or [' ' or '\t', ..])) isJupyter = false;
                (isJupyter ? yaml : other).Add(line);
            }
            else if (!string.IsNullOrWhiteSpace(line))
            {
                break;
            }
        }

        return ([], [], 0, from);
    }

    private static PercentMetadata Parsed(List<string> yaml, int start)
    {
        try
        {
            var json = HeaderYaml.ToJson(string.Join('\n', yaml));
            var tape = new JsonTape().Load(json);
            var jupyter = tape.Find(0, "jupyter"u8);
            if (jupyter >= 0 && tape[jupyter].Kind == JsonKind.Object) return PercentMetadata.Of(tape.Slice(jupyter).ToArray());
            throw new YamlException(new Mark(0, 1, 1), new Mark(0, 1, 1), "'jupyter' holds no mapping");
        }
        catch (YamlException fault)
        {
            throw new YamlException(new Mark(0, fault.Start.Line + start, fault.Start.Column), fault.End, fault.Message);
        }
    }

    private static bool IsJupyter(string line) => line.TrimEnd() is ['j', ..] and var text && text.Replace(" ", "", StringComparison.Ordinal) == "jupyter:";

    // PEP 263.
    private static bool IsEncoding(string line, PercentLanguage language)
    {
        if (!line.TrimStart().StartsWith(language.Comment, StringComparison.Ordinal) || PercentMarker.Is(line, language)) return false;
        var at = line.IndexOf("coding", StringComparison.Ordinal);
        return at >= 0 && line.AsSpan(at + 6) is [':' or '=', ..];
    }
}
