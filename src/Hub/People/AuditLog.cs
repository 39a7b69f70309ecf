using System.Globalization;
using Holdfast.Hub.Database;

namespace Holdfast.Hub.People;

/// <summary>Who did what, and when. No secret and no content.</summary>
internal sealed class AuditLog(HubDatabase database, TimeProvider time)
{
    /// <summary>Writes a line.</summary>
    /// <param name="person">Who; null for the hub itself.</param>
    /// <param name="action">As <c>machine.start</c>.</param>
    /// <param name="subject">What it was done to, by name.</param>
    /// <param name="detail">What else is to be known; null for nothing.</param>
    public void Write(string? person, string action, string? subject, string? detail = null) => database.Execute(
        "INSERT INTO audit (time, person, action, subject, detail) VALUES ($time, $person, $action, $subject, $detail)",
        ("$time", time.GetUtcNow().ToUnixTimeMilliseconds()), ("$person", person), ("$action", action), ("$subject", subject), ("$detail", detail));

    /// <summary>The newest lines first.</summary>
    /// <param name="before">Only lines with a smaller id; null for the newest.</param>
    /// <param name="most">At most so many.</param>
    public IReadOnlyList<AuditLine> Read(long? before = null, int most = 100) => database.Query(
        "SELECT id, time, person, action, subject, detail FROM audit WHERE id < $before ORDER BY id DESC LIMIT $most",
        row => new AuditLine(row.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)), Text(row[2]), Text(row[3])!, Text(row[4]), Text(row[5])),
        ("$before", before ?? long.MaxValue), ("$most", most));

    private static string? Text(object value) => value is DBNull ? null : Convert.ToString(value, CultureInfo.InvariantCulture);
}

/// <summary>A line of the audit log.</summary>
public sealed record AuditLine(long Id, DateTimeOffset Time, string? Person, string Action, string? Subject, string? Detail);
