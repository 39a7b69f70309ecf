using System.Buffers;
using System.Text.Json;

namespace Holdfast.Hub.Jobs;

/// <summary>What ran, for who finds the output later: <c>manifest.json</c> in the output folder, whole without the hub. No secret's value, and no variable's but git's, is in it.</summary>
internal static class JobManifest
{
    public const string Name = "manifest.json";

    public static ReadOnlySpan<byte> Of(JobRecord job, HubSettings settings)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            var spec = job.Spec;
            json.WriteStartObject();
            json.WriteString("job", job.Id);
            json.WriteString("name", spec.Name);
            json.WriteString("owner", job.Owner);
            json.WriteString("state", JobWords.Of(job.State));
            json.WriteString("reason", job.Reason);
            if (job.ExitCode is { } exit) json.WriteNumber("exit_code", exit);
            json.WriteNumber("attempts", job.Attempts.Count);
            if (job.Parent is { } parent) json.WriteString("part_of", parent);
            if (job.RetryOf is { } earlier) json.WriteString("retry_of", earlier);
            json.WriteString("engine", JobRules.EngineOf(spec));
            json.WriteString("image", spec.Image);
            json.WriteString("image_id", job.ImageReference);
            json.WriteString("digest", job.Digest);
            json.WriteString("machine", spec.Machine);
            if (job.Environment is { } environment)
            {
                json.WriteString("environment", environment.Fingerprint);
                json.WriteString("environment_point", $"p{environment.Point}");
            }
            else if (job.Packages is { } packages) json.WriteString("environment", packages);
            if (job.Differences is { Count: > 0 } differences)
            {
                json.WriteStartArray("environment_differs");
                foreach (var difference in differences) json.WriteStringValue(difference);
                json.WriteEndArray();
            }
            json.WriteString("code", spec.Code);
            json.WriteString("notebook", spec.Notebook);
            json.WriteString("git_commit", spec.Env.GetValueOrDefault("HOLDFAST_GIT_COMMIT"));
            json.WriteString("git_dirty", spec.Env.GetValueOrDefault("HOLDFAST_GIT_DIRTY"));
            json.WriteStartArray("command");
            foreach (var word in JobRules.Arguments(spec)) json.WriteStringValue(word);
            json.WriteEndArray();
            json.WriteStartObject("parameters");
            foreach (var (name, value) in spec.Parameters)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
            json.WriteEndObject();
            json.WriteString("type", job.Type);
            json.WriteString("created", job.Created);
            Time("started", job.Started);
            Time("ended", job.Ended);
            if (job is { Started: { } started, Ended: { } ended, Type: { } type })
            {
                // Attempts alone, not what lay between them.
                var hours = job.Attempts.Sum(attempt => attempt.Started is { } from ? (decimal)((attempt.Ended ?? ended) - from).TotalHours : 0);
                json.WriteNumber("cost", Math.Round((settings.Types.FirstOrDefault(each => each.Name == type)?.Price ?? 0) * hours, 4));
                json.WriteString("currency", settings.Currency);
            }
            json.WriteEndObject();

            void Time(string name, DateTimeOffset? at)
            {
                if (at is { } known) json.WriteString(name, known);
                else json.WriteNull(name);
            }
        }
        return buffer.WrittenSpan;
    }
}
