using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;

namespace Holdfast.Notebooks.Publishing;

/// <summary>The posts of a site as an Atom feed (RFC 4287), the twenty newest.</summary>
internal static class AtomFeed
{
    private const string Namespace = "http://www.w3.org/2005/Atom";

    public static byte[] Of(SiteOptions options, IReadOnlyList<SiteEntry> posts)
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, CheckCharacters = false, NewLineChars = "\n" }))
        {
            var root = options.BaseUrl.EndsWith('/') ? options.BaseUrl : options.BaseUrl + "/";
            xml.WriteStartElement("feed", Namespace);
            xml.WriteElementString("title", Namespace, Text(options.Title));
            xml.WriteElementString("id", Namespace, Id(root, ""));
            Link(xml, root, null);
            Link(xml, root + Site.FeedUrl, "self");
            xml.WriteElementString("updated", Namespace, Time(posts[0]));
            xml.WriteStartElement("author", Namespace);
            xml.WriteElementString("name", Namespace, Text(posts.Select(post => post.Front.Author).OfType<string>().FirstOrDefault() ?? options.Title));
            xml.WriteEndElement();
            foreach (var post in posts.Take(20)) Entry(xml, root, post);
            xml.WriteEndElement();
        }

        return bytes.ToArray();
    }

    private static void Entry(XmlWriter xml, string root, SiteEntry post)
    {
        xml.WriteStartElement("entry", Namespace);
        xml.WriteElementString("title", Namespace, Text(post.Title));
        xml.WriteElementString("id", Namespace, Id(root, SiteAddress.Escaped(post.Url)));
        Link(xml, root + SiteAddress.Escaped(post.Url), null);
        xml.WriteElementString("updated", Namespace, Time(post));
        if (post.Front.Description is { } description) xml.WriteElementString("summary", Namespace, Text(description));
        foreach (var category in post.Front.Categories)
        {
            xml.WriteStartElement("category", Namespace);
            xml.WriteAttributeString("term", Text(category));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Link(XmlWriter xml, string url, string? relation)
    {
        xml.WriteStartElement("link", Namespace);
        if (relation is not null) xml.WriteAttributeString("rel", relation);
        xml.WriteAttributeString("href", url);
        xml.WriteEndElement();
    }

    private static string Time(SiteEntry post) => post.Date!.Value.ToString("yyyy-MM-dd'T00:00:00Z'", CultureInfo.InvariantCulture);

    /// <summary>An id must not depend on a host; one that is known is the best id all the same.</summary>
    private static string Id(string root, string url) =>
        root.Contains("://", StringComparison.Ordinal) ? root + url : $"urn:uuid:{new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(root + url)).AsSpan(0, 16))}";

    private static string Text(string text) => string.Concat(text.Where(XmlConvert.IsXmlChar));
}
