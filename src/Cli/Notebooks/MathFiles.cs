using Holdfast.Notebooks.Rendering;

namespace Holdfast.Cli.Notebooks;

/// <summary>KaTeX as it is built beside the program (<c>web/publish</c>).</summary>
internal static class MathFiles
{
    private static readonly Lazy<MathSetter?> Read = new(Find);

    /// <summary>Null where it was not built: formulas are shown as TeX then.</summary>
    public static MathSetter? Setter() => Read.Value;

    private static MathSetter? Find()
    {
        var folder = Path.Join(AppContext.BaseDirectory, "publish");
        var (script, style) = (Path.Join(folder, "katex.js"), Path.Join(folder, "katex.css"));
        return File.Exists(script) && File.Exists(style) ? new MathSetter(File.ReadAllText(script), File.ReadAllText(style)) : null;
    }
}
