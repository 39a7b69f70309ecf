namespace Holdfast.Cli.Running;

/// <summary>The results of tests for programs.</summary>
internal static class TestJson
{
    public static void Write(IReadOnlyList<TestOutcome> outcomes) => Output.Json(json =>
    {
        json.WriteStartArray();
        foreach (var outcome in outcomes)
        {
            json.WriteStartObject();
            json.WriteString("path", outcome.Path);
            json.WriteString("result", outcome.Word);
            json.WriteNumber("cells", outcome.Cells);
            json.WriteNumber("seconds", Math.Round(outcome.Duration.TotalSeconds, 3));
            json.WriteString("reason", outcome.Reason);
            if (outcome.Failed is { } failed)
            {
                json.WriteStartObject("failed");
                json.WriteNumber("number", failed.Number);
                json.WriteString("id", failed.Cell.Id);
                json.WriteString("source", failed.Cell.Source);
                json.WriteString("traceback", outcome.Traceback);
                json.WriteEndObject();
            }
            else
            {
                json.WriteNull("failed");
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
