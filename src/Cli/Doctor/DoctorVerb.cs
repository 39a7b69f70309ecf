using System.CommandLine;

namespace Holdfast.Cli.Doctor;

/// <summary><c>holdfast doctor</c>: what is missing, and how to mend it.</summary>
internal static class DoctorVerb
{
    public static Command Create()
    {
        var format = Output.Format();
        var command = new Command("doctor", "Say what is there, what is missing, and how to mend it. Exit code 1 when something must be mended.") { format };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var findings = await Checkup.RunAsync(cancellationToken);
            var good = findings.All(finding => finding.Grade != Grade.Bad);
            if (parse.GetValue(format) == "json") WriteJson(good, findings);
            else WriteText(findings);
            return good ? 0 : 1;
        });
        return command;
    }

    private static void WriteText(IReadOnlyList<Finding> findings)
    {
        var width = findings.Max(finding => finding.Subject.Length);
        foreach (var finding in findings)
        {
            var mark = finding.Grade switch { Grade.Good => Output.Paint("ok  ", 32), Grade.Note => Output.Paint("note", 33), _ => Output.Paint("BAD ", 31) };
            Console.WriteLine($"{mark}  {finding.Subject.PadRight(width)}  {finding.Text}");
            if (finding.Mend is { } mend) Console.WriteLine($"{new string(' ', width + 8)}mend: {mend}");
        }
    }

    private static void WriteJson(bool good, IReadOnlyList<Finding> findings) => Output.Json(json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("ok", good);
        json.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("subject", finding.Subject);
            json.WriteString("grade", finding.Grade switch { Grade.Good => "good", Grade.Note => "note", _ => "bad" });
            json.WriteString("text", finding.Text);
            json.WriteString("mend", finding.Mend);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
