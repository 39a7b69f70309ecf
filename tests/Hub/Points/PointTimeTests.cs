using System.Globalization;
using Holdfast.Hub.Points;

namespace Holdfast.Hub.Tests.Points;

public sealed class PointTimeTests
{
    [Theory]
    [InlineData("14:00", "2026-11-21T14:00:00+02:00")]
    [InlineData("today 9:05", "2026-11-21T09:05:00+02:00")]
    [InlineData("yesterday 14:00", "2026-11-20T14:00:00+02:00")]
    [InlineData("Yesterday", "2026-11-21T00:00:00+02:00")]
    [InlineData("2026-11-20 14:00", "2026-11-20T14:00:00+02:00")]
    [InlineData("2026-11-20T14:00:30", "2026-11-20T14:00:30+02:00")]
    [InlineData("2026-11-20", "2026-11-21T00:00:00+02:00")]
    [InlineData("2h ago", "2026-11-21T14:30:00+02:00")]
    [InlineData("90 minutes ago", "2026-11-21T15:00:00+02:00")]
    [InlineData("1 day ago", "2026-11-20T16:30:00+02:00")]
    [InlineData("now", "2026-11-21T16:30:00+02:00")]
    public void Time_AsPeopleSayIt_IsTheMoment(string text, string moment) =>
        Assert.Equal(DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture), PointTime.Parse(text, new Clock()));

    [Theory]
    [InlineData("noon")]
    [InlineData("25:00")]
    [InlineData("2026-13-01 10:00")]
    [InlineData("2 fortnights ago")]
    [InlineData("")]
    [InlineData("12")]
    public void Time_ThatIsNone_IsNone(string text) => Assert.Null(PointTime.Parse(text, new Clock()));

    private sealed class Clock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone { get; } = TimeZoneInfo.CreateCustomTimeZone("east", TimeSpan.FromHours(2), "east", "east");

        public override DateTimeOffset GetUtcNow() => new(2026, 11, 21, 14, 30, 0, TimeSpan.Zero);
    }
}
