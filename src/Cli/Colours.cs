using System.Text.RegularExpressions;

namespace Holdfast.Cli;

/// <summary>The escapes by which terminals show colours.</summary>
internal static partial class Colours
{
    /// <summary>A text without them.</summary>
    public static string Strip(string text) => Escape().Replace(text, "");

    [GeneratedRegex("\\e\\[[0-9;]*m")]
    private static partial Regex Escape();
}
