using Holdfast.Notebooks.Exporting;

namespace Holdfast.Notebooks.Percent;

/// <summary>How scripts of a language are written.</summary>
/// <param name="Name">In small letters, as in kernelspec.language.</param>
/// <param name="Extension">With its dot.</param>
/// <param name="Comment">What begins a comment.</param>
/// <param name="CommentEnd">What ends one, where the line's end does not; else empty.</param>
/// <param name="Magic">What a magic begins with; empty for languages whose magics stay as they are.</param>
internal sealed record PercentLanguage(string Name, string Extension, string Comment, string CommentEnd = "", string Magic = "%")
{
    // The languages, extensions and comments of jupytext 1.16.
    private static readonly PercentLanguage[] All =
    [
        new("python", ".py", "#"), new("r", ".R", "#"), new("r", ".r", "#"), new("julia", ".jl", "#"), new("bash", ".sh", "#"), new("c++", ".cpp", "//"),
        new("javascript", ".js", "//"), new("typescript", ".ts", "//"), new("scala", ".scala", "//"), new("java", ".java", "//"), new("groovy", ".groovy", "//"),
        new("go", ".go", "//"), new("stata", ".do", "//"), new("fsharp", ".fsx", "//"), new("fsharp", ".fs", "//"),
        new("rust", ".rs", "//", Magic: ":"), new("csharp", ".cs", "//", Magic: "#!"), new("haskell", ".hs", "--"), new("lua", ".lua", "--"),
        new("scheme", ".ss", ";;"), new("scheme", ".scm", ";;"), new("clojure", ".clj", ";;"), new("idl", ".pro", ";"), new("q", ".q", "/"),
        new("matlab", ".m", "%", Magic: ""), new("logtalk", ".lgt", "%", Magic: ""), new("sas", ".sas", "/*", "*/", ""), new("maxima", ".mac", "/*", "*/"), new("ocaml", ".ml", "(*", "*)"),
        new("wolfram language", ".wolfram", "(*", "*)"), new("powershell", ".ps1", "#"), new("robotframework", ".robot", "#"), new("sos", ".sos", "#"),
        new("sage", ".sage", "#"), new("tcl", ".tcl", "#"), new("gnuplot", ".gp", "#"), new("xonsh", ".xsh", "#"), new("coconut", ".coco", "#"),
    ];

    // What %%name makes of a cell: text of another language, which is no code in the script.
    private static readonly HashSet<string> Cells = new(
        [
            .. All.Select(language => language.Name), "R", "sh", "python2", "python3", "js", "perl", "html", "latex", "markdown", "pypy", "ruby", "script", "svg",
            "octave", "spark", "sql", "cython", "c#", "f#", "cs", "fs",
        ],
        StringComparer.Ordinal);

    public bool IsPython => Name == "python";

    /// <summary>Whether strings in three quotes may span lines.</summary>
    public bool HasLongStrings => Name is "python" or "julia" or "sage" or "coconut" or "xonsh";

    /// <summary>What <c>%%name</c> is written with.</summary>
    public string CellMagic => Name == "csharp" ? "#!" : "%%";

    /// <summary>The language of a notebook; one that the table does not have is commented with #.</summary>
    public static PercentLanguage Of(NotebookDocument notebook)
    {
        var script = ScriptLanguage.Of(notebook);
        if (script.IsPython) return All[0];
        var name = Usual(notebook.Language ?? "");
        return Array.Find(All, language => language.Name == name) ?? Array.Find(All, language => language.Extension == script.Extension) ?? new PercentLanguage(name, script.Extension, "#");
    }

    /// <summary>The language of a script by its extension.</summary>
    public static PercentLanguage Of(string extension) =>
        Array.Find(All, language => language.Extension == extension)
        ?? Array.Find(All, language => language.Extension.Equals(extension, StringComparison.OrdinalIgnoreCase))
        ?? new PercentLanguage(extension.TrimStart('.'), extension, "#");

    /// <summary>Whether <c>%%name</c> says that the rest of a cell is in that language.</summary>
    public static bool IsOfCells(string name) => Cells.Contains(name);

    /// <summary>The line as a comment.</summary>
    public string Commented(string line) =>
        CommentEnd.Length == 0 ? (line.Length == 0 ? Comment : $"{Comment} {line}") : line.Length == 0 ? $"{Comment} {CommentEnd}" : $"{Comment} {line} {CommentEnd}";

    /// <summary>The line without its comment signs; itself when it is no comment.</summary>
    public string Uncommented(string line)
    {
        if (line.StartsWith(Comment, StringComparison.Ordinal)) line = line[(line.AsSpan(Comment.Length) is [' ', ..] ? Comment.Length + 1 : Comment.Length)..];
        if (CommentEnd.Length == 0 || !line.EndsWith(CommentEnd, StringComparison.Ordinal)) return line;
        line = line[..^CommentEnd.Length];
        return line.EndsWith(' ') ? line[..^1] : line;
    }

    private static string Usual(string name) => name.ToLowerInvariant() switch
    {
        "octave" => "matlab",
        "cs" or "c#" => "csharp",
        "fs" or "f#" => "fsharp",
        "node" or "nodejs" => "javascript",
        "sagemath" => "sage",
        "shell" or "sh" => "bash",
        var other => other.StartsWith("c++", StringComparison.Ordinal) ? "c++" : other,
    };
}
