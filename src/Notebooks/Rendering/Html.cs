using System.Buffers;
using System.Text;

namespace Holdfast.Notebooks.Rendering;

/// <summary>Text put into HTML.</summary>
internal static class Html
{
    private static readonly SearchValues<char> Special = SearchValues.Create("&<>\"\0\f\v\x1b\a\b");

    /// <summary>Appends text so that it is text, also inside an attribute in double quotes. Control characters that HTML has no place for are left out.</summary>
    public static StringBuilder AppendText(this StringBuilder html, ReadOnlySpan<char> text)
    {
        while (true)
        {
            var stop = text.IndexOfAny(Special);
            if (stop < 0) return html.Append(text);
            html.Append(text[..stop]).Append(text[stop] switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                _ => "",
            });
            text = text[(stop + 1)..];
        }
    }

    /// <summary>The same as a string.</summary>
    public static string Text(string text) => new StringBuilder(text.Length + 16).AppendText(text).ToString();
}
