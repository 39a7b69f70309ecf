using System.Buffers;
using System.Collections.Frozen;

namespace Holdfast.Notebooks.Rendering;

/// <summary>What HTML of a notebook may hold inside a page: elements and attributes that run nothing, load nothing and cover nothing.</summary>
internal static class HtmlRules
{
    private static readonly SearchValues<char> NoDeclaration = SearchValues.Create("\\@<>{}&");

    private static readonly string[] Media = ["image/", "audio/", "video/"];

    /// <summary>Elements that have no end.</summary>
    public static readonly FrozenSet<string> Void = Set("area base br col embed hr img input link meta param source track wbr");

    /// <summary>Elements whose content is no HTML: what stands in them goes with them.</summary>
    public static readonly FrozenSet<string> RawText = Set("script style textarea title iframe noscript noembed noframes xmp plaintext template object svg math select");

    public static readonly FrozenSet<string> Elements = Set("""
        a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6
        header hr i img input ins kbd li main mark nav ol p pre q rp rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr
        audio video source progress meter
        """);

    public static readonly FrozenSet<string> Attributes = Set("""
        align alt bgcolor border cellpadding cellspacing checked cite class color cols colspan controls datetime dir disabled face headers height hidden href id lang loop max min muted
        name open poster reversed role rowspan rules scope size span src start style summary title type valign value width
        """);

    /// <summary>
    /// A URL as a browser would read it where it leads to another page (http, https, mailto, ftp) or stays in this one; null for what would run something.
    /// </summary>
    public static string? Link(string url)
    {
        var plain = Plain(url);
        var colon = plain.IndexOf(':');
        if (colon < 0 || plain.AsSpan(0, colon).IndexOfAny('/', '?', '#') >= 0) return plain;
        return plain[..colon].ToLowerInvariant() is "http" or "https" or "mailto" or "ftp" or "tel" or "doi" ? plain : null;
    }

    /// <summary>A URL of a picture, a sound or a film; null for what is none.</summary>
    public static string? Source(string url)
    {
        var plain = Plain(url);
        if (plain.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
            return Media.Any(kind => plain.AsSpan(5).StartsWith(kind, StringComparison.OrdinalIgnoreCase)) ? plain : null;
        // A picture in the cell itself; its page knows it.
        if (plain.StartsWith("attachment:", StringComparison.Ordinal)) return plain;
        return Link(plain) is { } link && !link.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) ? link : null;
    }

    /// <summary>The declarations of a style that only change how the element itself looks, and whether these are all.</summary>
    public static (string Kept, bool IsAll) Style(string style)
    {
        var isAll = true;
        var kept = new List<string>();
        foreach (var declaration in style.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IsHarmless(declaration)) kept.Add(declaration);
            else isAll = false;
        }

        return (string.Join("; ", kept), isAll);
    }

    private static bool IsHarmless(string declaration)
    {
        if (declaration.AsSpan().ContainsAny(NoDeclaration) || declaration.Contains("/*", StringComparison.Ordinal)) return false;
        var name = declaration.AsSpan(0, Math.Max(0, declaration.IndexOf(':', StringComparison.Ordinal))).Trim().ToString().ToLowerInvariant();
        if (name is "" or "position" or "z-index" or "behavior" or "-moz-binding" or "content" or "transform" or "cursor" or "animation" or "inset") return false;
        foreach (var call in new[] { "url(", "image(", "image-set(", "expression(", "var(", "src(", "element(" })
        {
            if (declaration.Contains(call, StringComparison.OrdinalIgnoreCase)) return false;
        }

        return true;
    }

    /// <summary>Without the white space and control characters that browsers leave out.</summary>
    private static string Plain(string url) => string.Concat(url.Trim().Where(c => c >= ' ' && c != '\x7f')).Trim();

    private static FrozenSet<string> Set(string words) => words.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
