using System.Globalization;
using System.Text;
using System.Xml;
using Holdfast.Cli.Notebooks;

namespace Holdfast.Cli.Running;

/// <summary>The results of tests as the XML that CI systems read.</summary>
internal static class JUnitReport
{
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, IReadOnlyList<TestOutcome> outcomes)
    {
        using var stream = new MemoryStream();
        using (var xml = XmlWriter.Create(stream, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false) }))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", "holdfast nb test");
            xml.WriteAttributeString("tests", Text(outcomes.Count));
            xml.WriteAttributeString("failures", Text(outcomes.Count(outcome => outcome.State == TestState.Failed)));
            xml.WriteAttributeString("errors", Text(outcomes.Count(outcome => outcome.State == TestState.Interrupted)));
            xml.WriteAttributeString("skipped", Text(outcomes.Count(outcome => outcome.State == TestState.Skipped)));
            xml.WriteAttributeString("time", Seconds(outcomes.Sum(outcome => outcome.Duration.TotalSeconds)));
            foreach (var outcome in outcomes) Write(xml, outcome);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        FileReplacement.Write(path, stream.ToArray());
    }

    private static void Write(XmlWriter xml, TestOutcome outcome)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Path.GetDirectoryName(outcome.Path) is { Length: > 0 } folder ? folder : ".");
        xml.WriteAttributeString("name", Path.GetFileName(outcome.Path));
        xml.WriteAttributeString("time", Seconds(outcome.Duration.TotalSeconds));
        if (outcome.State != TestState.Passed)
        {
            xml.WriteStartElement(outcome.State switch { TestState.Failed => "failure", TestState.Skipped => "skipped", _ => "error" });
            xml.WriteAttributeString("message", Allowed(outcome.Reason ?? ""));
            if (outcome.Failed is { } failed) xml.WriteString(Allowed($"Cell {failed.Number} of {failed.Count}:\n{failed.Cell.Source}\n\n{outcome.Traceback}"));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    /// <summary>A text without the characters that XML 1.0 has no way to write.</summary>
    private static string Allowed(string text) =>
        string.Concat(Colours.Strip(text).EnumerateRunes().Select(rune => rune.Value is >= 0x20 and not 0xFFFE and not 0xFFFF or '\n' or '\t' or '\r' ? rune.ToString() : "\uFFFD"));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture);
}
