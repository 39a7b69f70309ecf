using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Holdfast.Hub.Pages;

/// <summary>
/// A piece of HTML, written as an interpolated string: <c>Html row = $"&lt;td&gt;{name}&lt;/td&gt;"</c>. Whatever is put in is encoded, unless it is a piece of HTML itself;
/// so a forgotten encoding cannot happen. Attributes are to be in double quotes.
/// </summary>
[InterpolatedStringHandler]
internal readonly struct Html(int literalLength, int formattedCount)
{
    private const int UsualHole = 24;
    private readonly StringBuilder? _text = new(literalLength + formattedCount * UsualHole);

    public static Html Empty => default;

    /// <summary>HTML that is known to be safe: ours, not put together from anything.</summary>
    public static Html Trusted(string html)
    {
        var result = new Html(html.Length, 0);
        result.AppendLiteral(html);
        return result;
    }

    /// <summary>A piece where a condition holds, else nothing.</summary>
    public static Html If(bool condition, Html then) => condition ? then : Empty;

    /// <summary>Pieces, one after the other.</summary>
    public static Html Join(IEnumerable<Html> pieces) => $"{pieces}";

    public void AppendLiteral(string text) => _text!.Append(text);

    public void AppendFormatted(string? text) => _text!.Append(HtmlEncoder.Default.Encode(text ?? ""));

    public void AppendFormatted(int number) => _text!.Append(CultureInfo.InvariantCulture, $"{number}");

    public void AppendFormatted(Html html) => _text!.Append(html._text);

    public void AppendFormatted(IEnumerable<Html> pieces)
    {
        foreach (var piece in pieces) _text!.Append(piece._text);
    }

    public override string ToString() => _text?.ToString() ?? "";
}
