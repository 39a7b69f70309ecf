using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Exporting;

/// <summary>What the metadata of a notebook says of the language its code is in.</summary>
/// <param name="IsPython">Where language_info or kernelspec says so, and where neither says anything.</param>
/// <param name="Extension">Of a script, with its dot. <c>.py</c> for Python, else language_info.file_extension, else <c>.txt</c>.</param>
/// <param name="MimeType">language_info.mimetype; for a language that names none <c>text/plain</c>.</param>
internal sealed record ScriptLanguage(bool IsPython, string Extension, string MimeType)
{
    public static ScriptLanguage Of(NotebookDocument notebook)
    {
        var metadata = new JsonTape().Load(notebook.MetadataJson);
        var info = metadata.Find(0, "language_info"u8);
        var extension = Text(metadata, info, "file_extension"u8);
        var isPython = Text(metadata, info, "nbconvert_exporter"u8) == "python"
            || (notebook.Language is { } language ? IsNameOfPython(language) : extension is null or ".py");
        return isPython
            ? new ScriptLanguage(true, ".py", "text/x-python")
            : new ScriptLanguage(false, extension is ['.', _, ..] && !extension.Contains('/') ? extension : ".txt", Text(metadata, info, "mimetype"u8) ?? "text/plain");
    }

    /// <summary>The text of a member of an object; null when it is not there or no text.</summary>
    public static string? Text(JsonTape tape, int container, ReadOnlySpan<byte> name) =>
        container >= 0 && tape.Find(container, name) is >= 0 and var node && tape[node].Kind == JsonKind.String ? JsonText.ToString(tape, node) : null;

    /// <summary>python, Python 3, ipython2 and what else kernels have called it.</summary>
    private static bool IsNameOfPython(string language)
    {
        var name = language.AsSpan();
        if (name.StartsWith("i", StringComparison.OrdinalIgnoreCase)) name = name[1..];
        return name.StartsWith("python", StringComparison.OrdinalIgnoreCase) && name[6..].Trim("0123456789. ").IsEmpty;
    }
}
