using System.Globalization;
using System.Text;
using Holdfast.Notebooks.Json;
using Holdfast.Notebooks.Python;

namespace Holdfast.Notebooks.Exporting;

/// <summary>A notebook as a script, byte for byte as <c>jupyter nbconvert --to script</c> (7.x) writes it.</summary>
public static class NotebookScript
{
    /// <summary>
    /// What nbconvert's Python exporter writes for a notebook in Python: every code cell behind its <c># In[n]:</c> with magics as calls, Markdown as
    /// comments. For another language the code cells alone. A notebook that names no language counts as Python, where nbconvert would write a .txt.
    /// </summary>
    /// <param name="notebook">In any version.</param>
    /// <param name="withOptions">Whether a script in Python also reads its parameters from its command line, right behind the cell that assigns them.</param>
    public static ExportedScript Of(NotebookDocument notebook, bool withOptions = false)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        notebook = notebook.Upgrade();
        var language = ScriptLanguage.Of(notebook);
        var parameters = withOptions && language.IsPython ? NotebookParameters.Cell(notebook) : -1;
        var script = new StringBuilder();
        for (var number = 0; number < notebook.Cells.Count; number++)
        {
            var cell = notebook.Cells[number];
            switch (cell.Type)
            {
                case "code" when language.IsPython:
                    script.Append("\n# In[").Append(cell.ExecutionCount is { } count and not 0 ? count.ToString(CultureInfo.InvariantCulture) : " ").Append("]:\n\n\n");
                    script.Append(IPythonCell.ToPython(cell.Source)).Append('\n');
                    break;
                case "code":
                    script.Append('\n').Append(cell.Source).Append('\n');
                    break;
                case "markdown" when language.IsPython:
                    script.Append("\n# ").Append(cell.Source.Replace("\n", "\n# ", StringComparison.Ordinal)).Append('\n');
                    break;
                case "raw" when IsFor(cell, language):
                    script.Append(cell.Source);
                    break;
            }

            if (number == parameters) script.Append(ScriptOptions.Of(NotebookParameters.Of(notebook), Title(notebook)));
        }

        if (!language.IsPython) return new ExportedScript(language.Extension, script.ToString().TrimStart('\r', '\n'), false);
        var shell = parameters >= 0 && script.ToString().Contains("get_ipython()", StringComparison.Ordinal) ? ScriptOptions.Shell : "";
        return new ExportedScript(language.Extension, $"#!/usr/bin/env python\n# coding: utf-8\n{shell}{script}", true);
    }

    /// <summary>The first heading; empty when there is none.</summary>
    private static string Title(NotebookDocument notebook) =>
        notebook.Cells.Where(cell => cell.Type == "markdown").SelectMany(cell => cell.Source.Split('\n')).FirstOrDefault(line => line.StartsWith("# ", StringComparison.Ordinal))?[2..].Trim() ?? "";

    /// <summary>Whether a raw cell goes into scripts of this language: it names no format, or this one.</summary>
    private static bool IsFor(NotebookCell cell, ScriptLanguage language)
    {
        var format = ScriptLanguage.Text(new JsonTape().Load(cell.MetadataJson), 0, "raw_mimetype"u8) ?? "";
        return format.Length == 0 || format.Equals(language.MimeType, StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>A script made from a notebook.</summary>
/// <param name="Extension">Of its file, with the dot.</param>
/// <param name="Text">All of it.</param>
/// <param name="IsPython">Whether it is in Python.</param>
public sealed record ExportedScript(string Extension, string Text, bool IsPython);
