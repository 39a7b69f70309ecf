namespace Holdfast.Notebooks.Rendering;

/// <summary>How a notebook becomes HTML.</summary>
public sealed record HtmlOptions
{
    /// <summary>
    /// Whether HTML and scripts of outputs go into the page as they are, with all its rights. Default false: what could run something is put into a frame that cannot
    /// reach the page.
    /// </summary>
    public bool KeepScripts { get; init; }

    /// <summary>
    /// Gives the address under which a picture that the Markdown names by a relative path is shown, a data URL for one file that holds all. Null, the default, and an answer of null
    /// leave the path as it is.
    /// </summary>
    public Func<string, string?>? Picture { get; init; }

    /// <summary>Gives what sets formulas; asked where there are some. Null, the default and as an answer, shows their TeX.</summary>
    public Func<MathSetter?>? Math { get; init; }
}

/// <summary>KaTeX, to be put into a page with formulas.</summary>
/// <param name="Script">Defines <c>katex</c>.</param>
/// <param name="Style">Its styles, with the fonts as data URLs.</param>
public sealed record MathSetter(string Script, string Style)
{
    private static readonly Lazy<MathSetter?> Beside = new(Find);

    /// <summary>KaTeX as it is built beside the program (<c>web/publish</c>). Null where it was not built: formulas are shown as TeX then.</summary>
    public static MathSetter? OfProgram() => Beside.Value;

    private static MathSetter? Find()
    {
        var folder = Path.Join(AppContext.BaseDirectory, "publish");
        var (script, style) = (Path.Join(folder, "katex.js"), Path.Join(folder, "katex.css"));
        return File.Exists(script) && File.Exists(style) ? new MathSetter(File.ReadAllText(script), File.ReadAllText(style)) : null;
    }
}
