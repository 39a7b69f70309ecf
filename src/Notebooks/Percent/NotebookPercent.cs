using System.Buffers;
using System.Text;
using Holdfast.Notebooks.Exporting;
using Holdfast.Notebooks.Json;
using YamlDotNet.Core;

namespace Holdfast.Notebooks.Percent;

/// <summary>Notebooks as scripts in cells, and back: the py:percent format of jupytext (format version 1.3), which editors know by its <c># %%</c>.</summary>
public static class NotebookPercent
{
    /// <summary>
    /// The script of a notebook: its sources, and the metadata that jupytext keeps; outputs, ids and attachments are not in it. The language of the notebook
    /// decides what comments and the extension are.
    /// </summary>
    /// <param name="notebook">In any version.</param>
    public static ExportedScript Of(NotebookDocument notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        notebook = notebook.Upgrade();
        var language = PercentLanguage.Of(notebook);
        return new ExportedScript(language.Extension, PercentWriter.Write(notebook, language), language.IsPython);
    }

    /// <summary>The notebook of a script, of version 4.5 and without outputs. Any text is a script; the fault is that of a header that is not YAML.</summary>
    /// <param name="text">The script.</param>
    /// <param name="extension">Of its file, with the dot: it decides what a comment is.</param>
    public static NotebookResult Read(string text, string extension = ".py")
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(extension);
        var language = PercentLanguage.Of(extension);
        try
        {
            var script = PercentReader.Read(text, language);
            return NotebookDocument.FromJupyterModel(Model(script, script.IsPlain ? OfPlainScript(script.Metadata, language) : script.Metadata, 5, _ => null));
        }
        catch (YamlException fault)
        {
            return new NotebookResult(null, Fault(text, fault));
        }
    }

    /// <summary>
    /// A notebook with the sources of a script that was made of it and then edited. Cells are found again by source and place; they keep their outputs, ids,
    /// attachments, and the metadata that scripts do not hold. What the script does not change keeps its bytes: a script that nobody edited gives
    /// <paramref name="notebook"/> itself.
    /// </summary>
    public static NotebookResult Update(NotebookDocument notebook, string text, string extension = ".py")
    {
        ArgumentNullException.ThrowIfNull(notebook);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(extension);
        var language = PercentLanguage.Of(extension);
        try
        {
            return new NotebookResult(PercentUpdate.Apply(notebook, PercentReader.Read(text, language), language), null);
        }
        catch (YamlException fault)
        {
            return new NotebookResult(null, Fault(text, fault));
        }
    }

    /// <summary>A script as JSON in the form of the contents API.</summary>
    internal static byte[] Model(PercentNotebook script, PercentMetadata metadata, int minor, Func<PercentCell, string?> id)
    {
        var json = new ArrayBufferWriter<byte>(4096);
        json.Write("{\"cells\":["u8);
        for (var number = 0; number < script.Cells.Count; number++)
        {
            var cell = script.Cells[number];
            json.Write(number > 0 ? ",{\"cell_type\":"u8 : "{\"cell_type\":"u8);
            json.Write(JsonStrings.Quote(cell.Type));
            if (id(cell) is { } named) json.Write(Encoding.ASCII.GetBytes($",\"id\":\"{named}\""));
            if (cell.Type == "code") json.Write(",\"execution_count\":null,\"outputs\":[]"u8);
            json.Write(",\"metadata\":"u8);
            json.Write(cell.Metadata.ToJson());
            json.Write(",\"source\":"u8);
            json.Write(JsonStrings.Quote(cell.Source));
            json.Write("}"u8);
        }

        json.Write("],\"metadata\":"u8);
        json.Write(metadata.ToJson());
        json.Write(Encoding.ASCII.GetBytes($",\"nbformat\":4,\"nbformat_minor\":{minor}}}"));
        return json.WrittenSpan.ToArray();
    }

    /// <summary>What a script without a header says by its name alone; as a script it has no header again.</summary>
    private static PercentMetadata OfPlainScript(PercentMetadata said, PercentLanguage language)
    {
        var jupytext = PercentMetadata.Of(said["jupytext"] ?? "{}"u8.ToArray());
        jupytext.Set("notebook_metadata_filter", "-all");
        var info = new PercentMetadata();
        info.Set("name", language.Name);
        info.Set("file_extension", language.Extension);
        var metadata = new PercentMetadata();
        metadata.Set("jupytext", jupytext.ToJson());
        metadata.Set("language_info", info.ToJson());
        return metadata;
    }

    private static NotebookFault Fault(string text, YamlException fault)
    {
        var line = (int)fault.Start.Line;
        var column = (int)fault.Start.Column;
        var offset = 0;
        for (var number = 1; number < line && text.IndexOf('\n', offset) is >= 0 and var end; number++) offset = end + 1;
        return new NotebookFault(
            $"Line {line}, column {column}: The header of the script is not YAML: {fault.Message.TrimEnd('.')}. Correct it between its two '---', or take the header out.",
            line, column, Encoding.UTF8.GetByteCount(text.AsSpan(0, offset)));
    }
}
