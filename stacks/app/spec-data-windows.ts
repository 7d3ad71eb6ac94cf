const week = 7 * 24 * 60;
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const minuteOfDay = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const minuteOfWeek = (time: string) =>
  weekdays.indexOf(time.slice(0, 3)) * 24 * 60 + minuteOfDay(time.slice(4));

/** Minutes of a daily window such as `23:30-00:30`. */
export function dailyMinutes(window: string): number {
  const [from = '', to = ''] = window.split('-');
  return (minuteOfDay(to) - minuteOfDay(from) + 24 * 60) % (24 * 60);
}

/** Minutes of a weekly window such as `sun:23:30-mon:00:30`. */
export function weeklyMinutes(window: string): number {
  const [from = '', to = ''] = window.split('-');
  return (minuteOfWeek(to) - minuteOfWeek(from) + week) % week;
}

/** Whether a daily window touches a weekly one on any day. */
export function windowsOverlap(daily: string, weekly: string): boolean {
  const start = minuteOfDay(daily.split('-')[0] ?? '');
  const other = minuteOfWeek(weekly.split('-')[0] ?? '');
  return weekdays.some((_day, index) => {
    const ahead = (other - (index * 24 * 60 + start) + week) % week;
    return ahead < dailyMinutes(daily) || (week - ahead) % week < weeklyMinutes(weekly);
  });
}
